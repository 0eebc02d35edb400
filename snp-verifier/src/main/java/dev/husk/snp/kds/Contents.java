package dev.husk.snp.kds;

import dev.husk.snp.Bytes;
import java.time.Instant;
import java.util.List;

/**
 * Collateral that was read and is what was asked for.
 *
 * @param der the certificates, or the one revocation list
 * @param file how it stands in a file
 * @param from when it was issued
 * @param until the end of its validity, the earliest of all parts
 */
record Contents(List<Bytes> der, Bytes file, Instant from, Instant until) {
    Contents {
        der = List.copyOf(der);
    }
}
