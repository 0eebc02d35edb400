package dev.husk.snp;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;

/**
 * The certificates that a host hands to a guest beside a report (GHCB 56421, MSG_REPORT_REQ, {@code cert_table}).
 * The host chose them: nothing in here is trusted before a chain to AMD's root has been verified.
 *
 * @param certificates DER as the host had them, not looked into; 16 KiB each at most
 */
public record CertificateTable(Map<Kind, Bytes> certificates) {

    /** The entries that are of use here, in the order in which they go to the verifier. */
    public enum Kind {
        VCEK("63da758de6644564adc5f4b93be8accd"),
        VLEK("a8074bc2a25a483eaae639c045a0b8a1"),
        /** The ASK of a VCEK, or the ASVK of a VLEK. */
        ASK("4ab7b379bbac4fe4a02f05aef327c782"),
        ARK("c0b406a4a803495297433fb6014cd0ae");

        private final Bytes guid;

        Kind(String guid) {
            this.guid = Bytes.fromHex(guid);
        }

        private static Optional<Kind> of(Bytes guid) {
            for (var kind : values()) {
                if (kind.guid.equals(guid)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    /** The largest table that is read, in bytes; Linux stops at a quarter of it. */
    public static final int MAX_SIZE = 64 << 10;

    static final int MAX_ENTRIES = 16;
    static final int MAX_CERTIFICATE = 16 << 10;

    private static final int GUID = 16;
    private static final int ENTRY = GUID + 4 + 4;

    public CertificateTable {
        var copy = new EnumMap<Kind, Bytes>(Kind.class);
        certificates.forEach((kind, der) -> {
            if (der.length() > MAX_CERTIFICATE) {
                throw new IllegalArgumentException("a certificate of %d bytes".formatted(der.length()));
            }
            copy.put(kind, der);
        });
        certificates = Collections.unmodifiableMap(copy);
    }

    /** A table without entries, as a host has that was given no certificates. */
    public static CertificateTable empty() {
        return new CertificateTable(Map.of());
    }

    /**
     * Reads a table: entries of GUID, offset and length, an entry of zeros, the certificates. No bytes at all are an
     * empty table. Entries with a GUID that is not known here are checked like the others and left out.
     *
     * @throws MalformedCertificateTableException if the table is larger than {@link #MAX_SIZE}, has more than 16
     *     entries or no end, names a GUID twice, has an empty certificate, one of more than 16 KiB, one that lies
     *     outside or overlaps entries or another one, or if a byte that belongs to nothing is not zero
     */
    public static CertificateTable parse(Bytes encoded) throws MalformedCertificateTableException {
        if (encoded.length() == 0) {
            return empty();
        }
        if (encoded.length() > MAX_SIZE) {
            throw new MalformedCertificateTableException(
                    MAX_SIZE, "%d bytes, at most %d".formatted(encoded.length(), MAX_SIZE));
        }
        int entries = entries(encoded);
        boolean[] taken = new boolean[encoded.length()];
        Arrays.fill(taken, 0, (entries + 1) * ENTRY, true);
        var found = new EnumMap<Kind, Bytes>(Kind.class);
        for (int i = 0; i < entries; i++) {
            var certificate = certificate(encoded, i, taken);
            Kind.of(encoded.slice(i * ENTRY, GUID)).ifPresent(kind -> found.put(kind, certificate));
        }
        for (int i = 0; i < taken.length; i++) {
            if (!taken[i] && encoded.at(i) != 0) {
                throw new MalformedCertificateTableException(i, "a byte that no entry names is not zero");
            }
        }
        return new CertificateTable(found);
    }

    /** How many entries stand before the one of zeros; no two have the same GUID. */
    private static int entries(Bytes encoded) throws MalformedCertificateTableException {
        var guids = new HashSet<Bytes>();
        for (int i = 0; i <= MAX_ENTRIES; i++) {
            int at = i * ENTRY;
            if (encoded.length() - at < ENTRY) {
                throw new MalformedCertificateTableException(encoded.length(), "no entry of zeros ends the table");
            }
            if (encoded.slice(at, ENTRY).isZero()) {
                return i;
            }
            var guid = encoded.slice(at, GUID);
            if (guid.isZero()) {
                throw new MalformedCertificateTableException(at, "an entry without a GUID");
            }
            if (!guids.add(guid)) {
                throw new MalformedCertificateTableException(at, "a second entry of GUID " + guid);
            }
        }
        throw new MalformedCertificateTableException(
                MAX_ENTRIES * ENTRY, "more than %d entries".formatted(MAX_ENTRIES));
    }

    /** The bytes that entry {@code index} names; marks them as taken. */
    private static Bytes certificate(Bytes encoded, int index, boolean[] taken)
            throws MalformedCertificateTableException {
        int at = index * ENTRY + GUID;
        var in = encoded.asBuffer().order(ByteOrder.LITTLE_ENDIAN);
        long offset = Integer.toUnsignedLong(in.getInt(at));
        long length = Integer.toUnsignedLong(in.getInt(at + 4));
        if (offset > encoded.length() || length > encoded.length() - offset) {
            throw new MalformedCertificateTableException(
                    at, "bytes %d to %d of a table of %d".formatted(offset, offset + length, encoded.length()));
        }
        if (length == 0 || length > MAX_CERTIFICATE) {
            throw new MalformedCertificateTableException(
                    at + 4, "a certificate of %d bytes, expected 1 to %d".formatted(length, MAX_CERTIFICATE));
        }
        for (int i = (int) offset; i < offset + length; i++) {
            if (taken[i]) {
                throw new MalformedCertificateTableException(at, "overlaps another entry at byte %d".formatted(i));
            }
            taken[i] = true;
        }
        return encoded.slice((int) offset, (int) length);
    }
}
