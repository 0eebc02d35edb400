package dev.husk.snp.simulator;

import java.security.PrivateKey;
import java.util.List;

/**
 * What a real processor has in its fuses and its host in its certificate table. Holds its arrays without copying.
 *
 * @param certificates VCEK, ASK and ARK, DER
 * @param chipId 64 bytes, as in the VCEK
 */
record Hardware(PrivateKey vcek, List<byte[]> certificates, byte[] chipId) {
    Hardware {
        certificates = List.copyOf(certificates);
    }

    /** The key stays out of every text. */
    @Override
    public String toString() {
        return "Hardware";
    }
}
