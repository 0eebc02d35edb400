package dev.husk.store.minio;

import dev.husk.store.DataKey;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;

/** Seals a large object into a store and reads it back, in a JVM of its own: {@code ENDPOINT LOCATION MIB}. */
final class LargeObject {
    private LargeObject() {}

    public static void main(String[] args) throws IOException {
        long size = Long.parseLong(args[2]) << 20;
        var location = StoreLocation.parse(args[1]);
        try (var store = ObjectStore.connect(URI.create(args[0]), StoreProcess.ACCESS_KEY, StoreProcess.SECRET_KEY);
                var key = DataKey.generate()) {
            store.ensureBucket(location.bucket());
            long start = System.nanoTime();
            store.putSealed(location, new PseudoRandomStream(size), key, "large", done -> {});
            long sealed = System.nanoTime();
            long read = compare(store, location, key, size);
            long opened = System.nanoTime();
            System.out.printf(
                    "%d bytes back: put %.0f MB/s, get %.0f MB/s, heap %d MiB%n",
                    read,
                    size * 1e3 / (sealed - start),
                    size * 1e3 / (opened - sealed),
                    Runtime.getRuntime().maxMemory() >> 20);
        }
    }

    private static long compare(ObjectStore store, StoreLocation location, DataKey key, long size) throws IOException {
        var expected = new PseudoRandomStream(size);
        byte[] one = new byte[1 << 16];
        byte[] other = new byte[1 << 16];
        long total = 0;
        try (var in = store.getSealed(location, key, "large")) {
            for (int n = in.readNBytes(one, 0, one.length); n > 0; n = in.readNBytes(one, 0, one.length)) {
                expected.readNBytes(other, 0, n);
                if (!Arrays.equals(one, 0, n, other, 0, n)) {
                    throw new IOException("other bytes came back, from " + total);
                }
                total += n;
            }
        }
        return total;
    }
}
