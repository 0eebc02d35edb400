package dev.husk.snp.azure;

import dev.husk.snp.Bytes;

/** Where CoCo's guest measures its initdata: extended once into PCR 8, since HOST_DATA is Azure's own. */
public final class InitDataPcr {
    /** The number of the PCR. */
    public static final int NUMBER = 8;

    private static final int DIGEST = 32;

    private InitDataPcr() {}

    /**
     * The value of the PCR in a guest that was given this initdata and extended nothing else: SHA-256 of 32 zeros and
     * the digest.
     *
     * @param digest SHA-256 of the initdata
     */
    public static Bytes value(Bytes digest) {
        if (digest.length() != DIGEST) {
            throw new IllegalArgumentException("the digest has 32 bytes, not " + digest.length());
        }
        byte[] extended = new byte[2 * DIGEST];
        System.arraycopy(digest.toArray(), 0, extended, DIGEST, DIGEST);
        return Bytes.copyOf(ClaimsHash.SHA_256.digest(extended));
    }
}
