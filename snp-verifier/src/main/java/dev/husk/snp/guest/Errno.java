package dev.husk.snp.guest;

/** The error numbers of Linux on x86-64 that mean something here. */
enum Errno {
    EPERM(1),
    ENOENT(2),
    EINTR(4),
    EIO(5),
    ENXIO(6),
    EAGAIN(11),
    ENOMEM(12),
    EACCES(13),
    EFAULT(14),
    EBUSY(16),
    ENODEV(19),
    EINVAL(22),
    ENOTTY(25),
    EBADMSG(74),
    ETIMEDOUT(110);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    boolean is(int errno) {
        return number == errno;
    }

    /** As in {@code errno 5 (EIO)}. */
    static String text(int errno) {
        for (var known : values()) {
            if (known.is(errno)) {
                return "errno %d (%s)".formatted(errno, known);
            }
        }
        return "errno " + errno;
    }
}
