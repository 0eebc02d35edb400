package dev.husk.snp.guest;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.nio.file.Path;
import java.time.Duration;

/** The ioctls of {@code /dev/sev-guest}, each asked again while it was interrupted or the host is busy. */
final class SevGuestCalls {
    /** The requests of {@code linux/sev-guest.h}, by {@code _IOWR('S', n, struct snp_guest_request_ioctl)}. */
    enum Request {
        SNP_GET_REPORT(0xC020_5300L),
        SNP_GET_DERIVED_KEY(0xC020_5301L),
        SNP_GET_EXT_REPORT(0xC020_5302L);

        final long number;

        Request(long number) {
            this.number = number;
        }
    }

    /** {@code struct snp_guest_request_ioctl}. */
    static final int SIZE = 32;

    static final int MSG_VERSION = 0;
    static final int REQ_DATA = 8;
    static final int RESP_DATA = 16;
    static final int EXITINFO2 = 24;

    private static final int TRIES = 8;
    private static final int INTERRUPTIONS = 100;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final LibC libc;
    private final Path path;
    private final Sleeper sleeper;

    SevGuestCalls(LibC libc, Path path, Sleeper sleeper) {
        this.libc = libc;
        this.path = path;
        this.sleeper = sleeper;
    }

    /** Memory that is all zero. */
    static Memory zeroed(int size) {
        var memory = new Memory(size);
        memory.clear();
        return memory;
    }

    /** Makes one request; {@code response} holds what the firmware said when this returns, and nothing otherwise. */
    void call(Request request, Memory data, Memory response) throws GuestRequestException {
        int descriptor = open();
        try (var call = zeroed(SIZE)) {
            int interruptions = 0;
            int tries = 1;
            while (true) {
                call.setByte(MSG_VERSION, (byte) 1);
                call.setPointer(REQ_DATA, data);
                call.setPointer(RESP_DATA, response);
                call.setLong(EXITINFO2, 0);
                boolean done = libc.ioctl(descriptor, new NativeLong(request.number, true), call) != -1;
                int errno = done ? 0 : Native.getLastError();
                long exitInfo = call.getLong(EXITINFO2);
                if (done && exitInfo == 0) {
                    return;
                }
                var failure = GuestRequestException.refused(request.name(), errno, exitInfo);
                if (failure.interrupted() && ++interruptions < INTERRUPTIONS) {
                    continue;
                }
                if (!failure.busy() || tries == TRIES) {
                    throw failure.busy() ? failure.with("asked %d times".formatted(tries)) : failure;
                }
                pause(tries++, failure);
            }
        } finally {
            // Nothing was written through it, so there is nothing that a failure could lose.
            libc.close(descriptor);
        }
    }

    private int open() throws GuestRequestException {
        for (int interruptions = 0; ; interruptions++) {
            int descriptor = libc.open(path.toString(), LibC.O_RDWR | LibC.O_CLOEXEC);
            if (descriptor != -1) {
                return descriptor;
            }
            var failure = GuestRequestException.notOpened(path.toString(), Native.getLastError());
            if (!failure.interrupted() || interruptions == INTERRUPTIONS) {
                throw failure;
            }
        }
    }

    /** Twice as long after each try. */
    private void pause(int tries, GuestRequestException failure) throws GuestRequestException {
        var pause = FIRST_PAUSE.multipliedBy(1L << (tries - 1));
        try {
            sleeper.sleep(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure.with("interrupted while waiting to ask again");
        }
    }
}
