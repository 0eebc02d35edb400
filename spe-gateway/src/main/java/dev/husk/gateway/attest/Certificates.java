package dev.husk.gateway.attest;

import dev.husk.snp.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Certificates in one column: four bytes of length before each. */
final class Certificates {
    private Certificates() {}

    static byte[] encode(List<Bytes> certificates) {
        var out = ByteBuffer.allocate(
                certificates.stream().mapToInt(one -> 4 + one.length()).sum());
        certificates.forEach(one -> out.putInt(one.length()).put(one.toArray()));
        return out.array();
    }

    static List<Bytes> decode(byte[] encoded) {
        var in = ByteBuffer.wrap(encoded);
        var certificates = new ArrayList<Bytes>();
        while (in.hasRemaining()) {
            byte[] one = new byte[in.getInt()];
            in.get(one);
            certificates.add(Bytes.copyOf(one));
        }
        return certificates;
    }
}
