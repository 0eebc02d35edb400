package dev.husk.snp.measure;

import dev.husk.snp.Bytes;
import dev.husk.snp.GuestPolicy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a guest's owner demands of a launch (AMD 56860, ID_BLOCK): the processor starts the guest only with this digest
 * and policy, and puts the rest into every report. The block itself is not part of the launch digest.
 *
 * @param launchDigest 48 bytes, such as {@link SnpLaunch#digest} gives
 * @param familyId 16 bytes of the owner's choice
 * @param imageId 16 bytes of the owner's choice
 * @param guestSvn the owner's own security version of the image, 0 to 2^32 - 1
 * @param policy must be the policy that the guest is launched with
 */
public record IdBlock(Bytes launchDigest, Bytes familyId, Bytes imageId, long guestSvn, GuestPolicy policy) {
    /** Size of an encoded block, in bytes. */
    public static final int SIZE = 0x60;

    private static final int FAMILY_ID = 0x30;
    private static final int IMAGE_ID = 0x40;
    private static final int VERSION = 0x50;
    private static final int GUEST_SVN = 0x54;
    private static final int POLICY = 0x58;

    private static final int ID = 16;
    private static final int VERSION_1 = 1;
    private static final long MAX_SVN = 0xFFFF_FFFFL;
    private static final long POLICY_ONE = 1L << 17;
    private static final long POLICY_KNOWN = (1L << 26) - 1;

    /** @throws IllegalArgumentException if a length or number is out of range, or no firmware would take the policy */
    public IdBlock {
        if (launchDigest.length() != Pages.DIGEST || familyId.length() != ID || imageId.length() != ID) {
            throw new IllegalArgumentException("a launch digest has 48 bytes, an id 16");
        }
        if (guestSvn < 0 || guestSvn > MAX_SVN) {
            throw new IllegalArgumentException("a guest SVN has 32 bits: " + guestSvn);
        }
        if (!usable(policy)) {
            throw new IllegalArgumentException("bit 17 of a policy is one, those above 25 are zero");
        }
    }

    private static boolean usable(GuestPolicy policy) {
        return (policy.raw() & POLICY_ONE) != 0 && (policy.raw() & ~POLICY_KNOWN) == 0;
    }

    /**
     * Decodes a block.
     *
     * @throws MalformedIdBlockException if {@code encoded} has the wrong size, an unknown version, or a policy that no
     *     firmware would take
     */
    public static IdBlock parse(Bytes encoded) throws MalformedIdBlockException {
        if (encoded.length() != SIZE) {
            throw malformed(
                    Math.min(encoded.length(), SIZE), "expected %d bytes, got %d".formatted(SIZE, encoded.length()));
        }
        var in = ByteBuffer.wrap(encoded.toArray()).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt(VERSION) != VERSION_1) {
            throw malformed(VERSION, "unknown version " + Integer.toUnsignedString(in.getInt(VERSION)));
        }
        var policy = new GuestPolicy(in.getLong(POLICY));
        if (!usable(policy)) {
            throw malformed(POLICY, "policy 0x%016x".formatted(policy.raw()));
        }
        return new IdBlock(
                encoded.slice(0, Pages.DIGEST),
                encoded.slice(FAMILY_ID, ID),
                encoded.slice(IMAGE_ID, ID),
                Integer.toUnsignedLong(in.getInt(GUEST_SVN)),
                policy);
    }

    private static MalformedIdBlockException malformed(int offset, String problem) {
        return new MalformedIdBlockException("ID block", offset, problem);
    }

    /** The {@link #SIZE} bytes that are signed; in base64, QEMU's {@code id-block}. */
    public Bytes encode() {
        var out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.put(launchDigest.toArray()).put(familyId.toArray()).put(imageId.toArray());
        out.putInt(VERSION_1).putInt((int) guestSvn).putLong(policy.raw());
        return Bytes.copyOf(out.array());
    }
}
