package dev.husk.snp.measure;

import dev.husk.snp.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A launch digest in the making: each page that the host adds is hashed into it (AMD 56860, SNP_LAUNCH_UPDATE and
 * table PAGE_INFO). Not safe to share between threads.
 */
final class Pages {
    /** Size of a page, in bytes. */
    static final int SIZE = 4096;
    /** Size of a launch digest, in bytes. */
    static final int DIGEST = 48;

    /** Page types, with the processor's numbers. */
    enum Type {
        NORMAL(1),
        VMSA(2),
        ZERO(3),
        UNMEASURED(4),
        SECRETS(5),
        CPUID(6);

        private final byte code;

        Type(int code) {
            this.code = (byte) code;
        }
    }

    /** Where the processor says that register states lie: the highest page, with the bits above 51 cleared. */
    private static final long VMSA_ADDRESS = 0xFFFF_FFFF_F000L;

    private static final short INFO = 0x70;
    private static final int CONTENTS = DIGEST;
    private static final int LENGTH = 2 * DIGEST;
    private static final int TYPE = LENGTH + 2;
    private static final int ADDRESS = INFO - Long.BYTES;

    private final MessageDigest sha384 = sha384();
    private final byte[] info = new byte[INFO];
    private final ByteBuffer fields = ByteBuffer.wrap(info).order(ByteOrder.LITTLE_ENDIAN);

    /** @param digest what was measured before; zeros where nothing was */
    Pages(Bytes digest) {
        if (digest.length() != DIGEST) {
            throw new IllegalArgumentException("a launch digest has 48 bytes, not " + digest.length());
        }
        fields.put(0, digest.toArray()).putShort(LENGTH, INFO);
    }

    static Pages none() {
        return new Pages(Bytes.copyOf(new byte[DIGEST]));
    }

    /** Adds pages with contents. */
    void add(long address, byte[] data) {
        if (data.length % SIZE != 0) {
            throw new IllegalArgumentException(data.length + " bytes are not whole pages");
        }
        for (int i = 0; i < data.length; i += SIZE) {
            add(Type.NORMAL, address + i, data, i);
        }
    }

    void addVmsa(byte[] page) {
        add(Type.VMSA, VMSA_ADDRESS, page, 0);
    }

    /** Adds pages of which only type and address are measured. */
    void addEmpty(Type type, long address, long size) {
        fields.put(CONTENTS, new byte[DIGEST]);
        for (long i = 0; i < size; i += SIZE) {
            extend(type, address + i);
        }
    }

    Bytes digest() {
        return Bytes.copyOf(info).slice(0, DIGEST);
    }

    private void add(Type type, long address, byte[] data, int offset) {
        sha384.update(data, offset, SIZE);
        fields.put(CONTENTS, sha384.digest());
        extend(type, address);
    }

    private void extend(Type type, long address) {
        fields.put(TYPE, type.code).putLong(ADDRESS, address);
        fields.put(0, sha384.digest(info));
    }

    private static MessageDigest sha384() {
        try {
            return MessageDigest.getInstance("SHA-384");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
