package dev.husk.snp.guest;

import java.io.IOException;

/**
 * Thrown when {@code /dev/sev-guest} cannot be used, or the kernel, the host or the firmware refuses a request.
 *
 * <p>Kernel, host and firmware each have a code of their own; one that does not speak is zero.
 */
public final class GuestRequestException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final int VMM_INVALID_LEN = 1;
    private static final int VMM_BUSY = 2;

    private final String request;
    private final int errno;
    private final int firmwareError;
    private final int vmmError;

    private GuestRequestException(String request, int errno, int firmwareError, int vmmError, String message) {
        super(message);
        this.request = request;
        this.errno = errno;
        this.firmwareError = firmwareError;
        this.vmmError = vmmError;
    }

    /** @param exitInfo {@code exitinfo2}: the host's code in the upper half, the firmware's in the lower */
    static GuestRequestException refused(String request, int errno, long exitInfo) {
        int firmware = (int) exitInfo;
        int vmm = (int) (exitInfo >>> 32);
        var text = new StringBuilder(request).append(" failed");
        if (errno != 0) {
            text.append(": ").append(Errno.text(errno));
        }
        if (firmware == FirmwareStatus.NOT_CALLED) {
            text.append(", the firmware was not asked");
        } else if (firmware != 0) {
            text.append(", firmware status ").append(FirmwareStatus.text(firmware));
        }
        if (vmm != 0) {
            text.append(", host error ").append(vmm(vmm));
        }
        return new GuestRequestException(request, errno, firmware, vmm, text + advice(errno, firmware));
    }

    /** The device could not be opened. */
    static GuestRequestException notOpened(String path, int errno) {
        var problem = "";
        if (Errno.ENOENT.is(errno) || Errno.ENXIO.is(errno) || Errno.ENODEV.is(errno)) {
            problem = ": this machine is no SEV-SNP guest, or its kernel lacks the driver (modprobe sev-guest);"
                    + " a container must be given the device";
        } else if (Errno.EACCES.is(errno) || Errno.EPERM.is(errno)) {
            problem = ": this user may not read and write it; run as root, or give the user the device (a udev rule;"
                    + " in a container also the device's permission)";
        }
        return new GuestRequestException(
                "open", errno, 0, 0, "cannot open %s: %s%s".formatted(path, Errno.text(errno), problem));
    }

    /** The kernel said yes and what it handed over is of no use. */
    static GuestRequestException unusable(String request, int firmwareError, String problem) {
        return new GuestRequestException(request, 0, firmwareError, 0, request + ": " + problem);
    }

    /** JNA does not work in this process. */
    static GuestRequestException noNativeCode(LinkageError cause) {
        var failure = new GuestRequestException(
                "open",
                0,
                0,
                0,
                "JNA cannot load its native code (it unpacks a library: -Djna.tmpdir=DIR names a folder that is"
                        + " writable and allows execution): " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    GuestRequestException with(String consequence) {
        var failure =
                new GuestRequestException(request, errno, firmwareError, vmmError, getMessage() + "; " + consequence);
        failure.initCause(getCause());
        return failure;
    }

    /** {@code open}, or the name of the ioctl as in {@code linux/sev-guest.h}. */
    public String request() {
        return request;
    }

    /** The kernel's error number, or 0 where the call itself succeeded. */
    public int errno() {
        return errno;
    }

    /** The firmware's status code, 0 where it did not refuse, 0xFF where the kernel did not come to asking it. */
    public int firmwareError() {
        return firmwareError;
    }

    /** The host's code: 1 for a certificate buffer that is too small, 2 for busy, 0 where it did not refuse. */
    public int vmmError() {
        return vmmError;
    }

    boolean interrupted() {
        return Errno.EINTR.is(errno);
    }

    boolean busy() {
        return Errno.EAGAIN.is(errno) || Errno.EBUSY.is(errno) || vmmError == VMM_BUSY;
    }

    boolean bufferTooSmall() {
        return vmmError == VMM_INVALID_LEN;
    }

    private static String vmm(int code) {
        return switch (code) {
            case VMM_INVALID_LEN -> "1 INVALID_LEN";
            case VMM_BUSY -> "2 BUSY";
            default -> "0x%X".formatted(code);
        };
    }

    private static String advice(int errno, int firmware) {
        if (firmware == FirmwareStatus.INVALID_PARAM) {
            return "; is the VMPL below the one that this guest runs at?";
        }
        if (firmware == FirmwareStatus.INVALID_KEY) {
            return "; this machine has no such key";
        }
        if (Errno.ENOTTY.is(errno)) {
            return "; this is not the SEV-SNP guest driver, or it gave up its key to the firmware after an earlier"
                    + " error, and then only a restart of the guest helps";
        }
        if (Errno.ETIMEDOUT.is(errno)) {
            return "; the host held the request back for so long that the driver gave up its key to the firmware:"
                    + " only a restart of the guest helps";
        }
        return "";
    }
}
