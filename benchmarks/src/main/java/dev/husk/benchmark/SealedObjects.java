package dev.husk.benchmark;

import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Sealing and opening an object in memory, beside the JDK's AES-256-GCM over the same bytes in segments of the same
 * size. What the difference holds: key derivation, the nonces, the copies of a stream.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SealedObjects {
    private static final String IDENTITY = "heart-risk/anna-2025";
    private static final int SEGMENT = 1 << 20;
    private static final int TAG = 16;

    @Param({"65536", "16777216"})
    int size = 1 << 16;

    private final DataKey key = DataKey.generate();
    private final SecretKeySpec bareKey = new SecretKeySpec(new byte[DataKey.SIZE], "AES");
    private byte[] plain = new byte[0];
    private byte[] sealed = new byte[0];
    private byte[] bareSealed = new byte[0];
    private byte[] buffer = new byte[0];
    private long nonce;

    @Setup
    public void prepare() throws IOException, GeneralSecurityException {
        plain = new byte[size];
        new Random(1).nextBytes(plain);
        var out = new ByteArrayOutputStream();
        try (var writer = SealedObject.writer(out, key, IDENTITY)) {
            writer.write(plain);
        }
        sealed = out.toByteArray();
        buffer = new byte[size + TAG * (size / SEGMENT + 1)];
        bareSealed = new byte[buffer.length];
        encrypt(bareSealed, 0);
    }

    /** Returns how many bytes came out. */
    @Benchmark
    public int seal() throws IOException {
        var out = new ByteArrayOutputStream(buffer.length + SealedObject.HEADER + 40);
        try (var writer = SealedObject.writer(out, key, IDENTITY)) {
            writer.write(plain);
        }
        return out.size();
    }

    /** Returns how many bytes came out. */
    @Benchmark
    public int open() throws IOException {
        try (var reader = SealedObject.reader(new ByteArrayInputStream(sealed), key, IDENTITY)) {
            int all = 0;
            int read;
            while ((read = reader.read(buffer, 0, buffer.length)) >= 0) {
                all += read;
            }
            return all;
        }
    }

    @Benchmark
    public int bareSeal() throws GeneralSecurityException {
        return encrypt(buffer, ++nonce << 20);
    }

    @Benchmark
    public int bareOpen() throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        int written = 0;
        int segment = 0;
        for (int at = 0; at < bareSealed.length; at += SEGMENT + TAG) {
            cipher.init(Cipher.DECRYPT_MODE, bareKey, iv(segment++));
            written += cipher.doFinal(bareSealed, at, Math.min(SEGMENT + TAG, bareSealed.length - at), buffer, written);
            if (written == size) {
                break;
            }
        }
        return written;
    }

    /** Segment by segment, under nonces that count up from {@code start}. */
    private int encrypt(byte[] target, long start) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        int written = 0;
        for (int at = 0; at < size; at += SEGMENT) {
            cipher.init(Cipher.ENCRYPT_MODE, bareKey, iv(start++));
            written += cipher.doFinal(plain, at, Math.min(SEGMENT, size - at), target, written);
        }
        return written;
    }

    private static GCMParameterSpec iv(long number) {
        return new GCMParameterSpec(
                128, ByteBuffer.allocate(12).putLong(4, number).array());
    }
}
