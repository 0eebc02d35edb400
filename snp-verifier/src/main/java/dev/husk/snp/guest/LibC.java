package dev.husk.snp.guest;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;

/**
 * The three calls of the C library that {@link SevGuestDevice} needs. Each answers -1 where it failed, and then
 * {@link Native#getLastError} says why.
 *
 * <p>The first two take a variable number of arguments in C; the calling conventions of x86-64, the only processor
 * with this device, pass one pointer or integer more in the same way.
 */
interface LibC extends Library {
    int O_RDWR = 2;
    int O_CLOEXEC = 0x80000;

    int open(String path, int flags);

    int ioctl(int descriptor, NativeLong request, Pointer argument);

    int close(int descriptor);

    /**
     * The C library that this process runs on, with whatever was loaded before it.
     *
     * @throws LinkageError where JNA cannot load its own native part
     */
    static LibC ofThisProcess() {
        return Native.load(LibC.class);
    }
}
