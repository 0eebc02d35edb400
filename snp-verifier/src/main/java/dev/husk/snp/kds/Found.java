package dev.husk.snp.kds;

import dev.husk.snp.Bytes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Collateral that was found. It is what was asked for, and no more is known about it: only
 * {@link dev.husk.snp.SnpVerifier} tells whether AMD made it.
 *
 * @param der the certificates, or the one revocation list
 * @param file the same as it stands in a file of a {@link CollateralDirectory}
 * @param validUntil the end of its validity: {@code notAfter}, or {@code nextUpdate}
 * @param notRefreshed why it is what was at hand, where it was due to be fetched anew and could not be; offline a
 *     revocation list is always due
 */
public record Found(
        List<Bytes> der, Bytes file, Instant validUntil, Origin origin, Optional<CollateralException> notRefreshed) {

    /** Where it was. */
    public enum Origin {
        DIRECTORY,
        CACHE,
        SERVER
    }

    public Found {
        der = List.copyOf(der);
    }

    static Found of(Contents contents, Origin origin) {
        return new Found(contents.der(), contents.file(), contents.until(), origin, Optional.empty());
    }

    Found despite(CollateralException problem) {
        return new Found(der, file, validUntil, origin, Optional.of(problem));
    }
}
