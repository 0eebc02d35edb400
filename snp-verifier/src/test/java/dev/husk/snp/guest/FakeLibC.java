package dev.husk.snp.guest;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Plays the kernel's driver through the same pointers; each ioctl takes the next answer of the script. */
final class FakeLibC implements LibC {
    /** What the kernel does with one request: writes where it likes, and returns an error number or 0. */
    interface Answer {
        int to(Pointer call, Pointer request, Pointer response);
    }

    /** One request as it arrived. */
    record Asked(long number, int version, byte[] request) {}

    private static final Map<Long, Integer> REQUEST_SIZES = Map.of(0xC0205300L, 96, 0xC0205301L, 32, 0xC0205302L, 112);

    final List<Asked> asked = new ArrayList<>();
    final List<String> opened = new ArrayList<>();
    final Deque<Integer> openErrors = new ArrayDeque<>();
    int stillOpen;
    private final Deque<Answer> script = new ArrayDeque<>();

    FakeLibC then(Answer answer) {
        script.add(answer);
        return this;
    }

    /** Fails with an error number and {@code exitinfo2}. */
    FakeLibC fails(int errno, long exitInfo) {
        return then((call, request, response) -> {
            call.setLong(24, exitInfo);
            return errno;
        });
    }

    @Override
    public int open(String path, int flags) {
        opened.add(path + " " + flags);
        if (!openErrors.isEmpty()) {
            Native.setLastError(openErrors.remove());
            return -1;
        }
        stillOpen++;
        return 7;
    }

    @Override
    public int ioctl(int descriptor, NativeLong request, Pointer call) {
        if (descriptor != 7 || stillOpen != 1) {
            throw new AssertionError("not an open device");
        }
        long number = request.longValue();
        var data = call.getPointer(8);
        asked.add(new Asked(number, call.getByte(0), data.getByteArray(0, REQUEST_SIZES.getOrDefault(number, 0))));
        int errno = script.remove().to(call, data, call.getPointer(16));
        if (errno == 0) {
            return 0;
        }
        Native.setLastError(errno);
        return -1;
    }

    @Override
    public int close(int descriptor) {
        stillOpen--;
        return 0;
    }
}
