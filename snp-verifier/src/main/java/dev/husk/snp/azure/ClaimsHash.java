package dev.husk.snp.azure;

import dev.husk.snp.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** The hash that binds variable data to a report ({@code IgvmAttestHashType}). */
public enum ClaimsHash {
    SHA_256("SHA-256"),
    SHA_384("SHA-384"),
    SHA_512("SHA-512");

    private static final int REPORT_DATA = 64;

    private final String algorithm;

    ClaimsHash(String algorithm) {
        this.algorithm = algorithm;
    }

    /** By the number in the report: 1 to 3. */
    static Optional<ClaimsHash> of(int number) {
        return number >= 1 && number <= values().length ? Optional.of(values()[number - 1]) : Optional.empty();
    }

    /** The REPORT_DATA that binds these bytes: the hash, then zeros up to 64 bytes. */
    Bytes reportData(Bytes variableData) {
        return Bytes.copyOf(Arrays.copyOf(digest(variableData.toArray()), REPORT_DATA));
    }

    byte[] digest(byte[] message) {
        try {
            return MessageDigest.getInstance(algorithm).digest(message);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
