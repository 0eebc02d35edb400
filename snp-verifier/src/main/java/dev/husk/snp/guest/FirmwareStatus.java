package dev.husk.snp.guest;

/** The names of the firmware's status codes (AMD 56860, table "Status Codes"; Linux {@code psp-sev.h}). */
final class FirmwareStatus {
    static final int INVALID_PARAM = 0x16;
    static final int INVALID_KEY = 0x27;

    /** What Linux says where it did not come to asking the firmware. */
    static final int NOT_CALLED = 0xff;

    private static final String[] NAMES = {
        "SUCCESS",
        "INVALID_PLATFORM_STATE",
        "INVALID_GUEST_STATE",
        "INVALID_CONFIG",
        "INVALID_LEN",
        "ALREADY_OWNED",
        "INVALID_CERTIFICATE",
        "POLICY_FAILURE",
        "INACTIVE",
        "INVALID_ADDRESS",
        "BAD_SIGNATURE",
        "BAD_MEASUREMENT",
        "ASID_OWNED",
        "INVALID_ASID",
        "WBINVD_REQUIRED",
        "DFFLUSH_REQUIRED",
        "INVALID_GUEST",
        "INVALID_COMMAND",
        "ACTIVE",
        "HWERROR_PLATFORM",
        "HWERROR_UNSAFE",
        "UNSUPPORTED",
        "INVALID_PARAM",
        "RESOURCE_LIMIT",
        "SECURE_DATA_INVALID",
        "INVALID_PAGE_SIZE",
        "INVALID_PAGE_STATE",
        "INVALID_MDATA_ENTRY",
        "INVALID_PAGE_OWNER",
        "AEAD_OFLOW",
        "",
        "EXIT_RING_BUFFER",
        "RMP_INIT_REQUIRED",
        "BAD_SVN",
        "BAD_VERSION",
        "SHUTDOWN_REQUIRED",
        "UPDATE_FAILED",
        "RESTORE_REQUIRED",
        "RMP_INITIALIZATION_FAILED",
        "INVALID_KEY",
        "SHUTDOWN_INCOMPLETE",
    };

    private FirmwareStatus() {}

    /** As in {@code 0x16 INVALID_PARAM}; a code without a name stands alone. */
    static String text(int code) {
        var hex = "0x%02X".formatted(code);
        boolean named = code >= 0 && code < NAMES.length && !NAMES[code].isEmpty();
        return named ? hex + " " + NAMES[code] : hex;
    }
}
