package dev.husk.snp.measure;

import dev.husk.snp.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.UUID;

/**
 * What the firmware holds a directly booted kernel against: SHA-256 of kernel, initrd and command line. QEMU writes
 * them into guest memory with {@code kernel-hashes=on}, where the launch digest covers them.
 *
 * @param kernel of the file as {@code -kernel} names it
 * @param initrd of the file as {@code -initrd} names it; of no bytes where there is none
 * @param commandLine of {@code -append} and a NUL; of the NUL alone where there is none
 */
public record KernelHashes(Bytes kernel, Bytes initrd, Bytes commandLine) {
    private static final UUID TABLE = UUID.fromString("9438d606-4f22-4cc9-b479-a793d411fd21");
    private static final UUID COMMAND_LINE = UUID.fromString("97d02dd8-bd20-4c94-aa78-e7714d36ab2a");
    private static final UUID INITRD = UUID.fromString("44baf731-3a2f-4bd7-9af1-41e29169781d");
    private static final UUID KERNEL = UUID.fromString("4de79437-abd2-427f-b835-d5b172d2045b");

    private static final int HASH = 32;
    private static final int HEADER = Guid.SIZE + Short.BYTES;
    private static final int ENTRY = HEADER + HASH;
    private static final int UNPADDED = HEADER + 3 * ENTRY;
    /** Size of the table with its padding to 16 bytes. */
    static final int TABLE_SIZE = (UNPADDED + 15) & ~15;

    private static final int CHUNK = 1 << 16;

    /** @throws IllegalArgumentException if one of them has not 32 bytes */
    public KernelHashes {
        if (kernel.length() != HASH || initrd.length() != HASH || commandLine.length() != HASH) {
            throw new IllegalArgumentException("a SHA-256 has 32 bytes");
        }
    }

    /**
     * Hashes a kernel and its initrd, reading both to their ends in small steps.
     *
     * @param initrd an empty stream where there is none
     * @param commandLine exactly as QEMU gets it: nothing is trimmed (virtee/sev trims spaces at both ends, QEMU and
     *     sev-snp-measure do not)
     * @throws IllegalArgumentException if {@code commandLine} has a NUL, which no command line can hold
     */
    public static KernelHashes of(InputStream kernel, InputStream initrd, String commandLine) throws IOException {
        if (commandLine.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a command line holds no NUL");
        }
        byte[] text = commandLine.getBytes(StandardCharsets.UTF_8);
        return new KernelHashes(
                sha256(kernel), sha256(initrd), Bytes.copyOf(sha256().digest(Arrays.copyOf(text, text.length + 1))));
    }

    /** The table, padded, as QEMU writes it. */
    byte[] table() {
        var out = ByteBuffer.allocate(TABLE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        Guid.put(out, TABLE);
        out.putShort((short) UNPADDED);
        entry(out, COMMAND_LINE, commandLine);
        entry(out, INITRD, initrd);
        entry(out, KERNEL, kernel);
        return out.array();
    }

    private static void entry(ByteBuffer out, UUID guid, Bytes hash) {
        Guid.put(out, guid);
        out.putShort((short) ENTRY).put(hash.toArray());
    }

    private static Bytes sha256(InputStream in) throws IOException {
        var digest = sha256();
        byte[] chunk = new byte[CHUNK];
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            digest.update(chunk, 0, n);
        }
        return Bytes.copyOf(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
