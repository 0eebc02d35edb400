package dev.husk.store;

import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Gets the JDK's AES-GCM compiled, once in a JVM, in the background, when the first long object comes by.
 *
 * <p>The JIT puts in the processor's own instructions where a method was called some thousand times, and a segment of
 * 1 MiB is one call. Without this a whole object passes at some 45 MB/s, with it at more than 1 GB/s. It costs half a
 * second of one core, which short objects do not pay.
 */
final class GcmWarmUp {
    private static final long LONG = 8 << 20;
    private static final int CALLS = 6_000;
    private static final AtomicBoolean STARTED = new AtomicBoolean();

    private GcmWarmUp() {}

    /** @param bytes how much of one object was sealed or opened so far */
    static void passed(long bytes) {
        if (bytes >= LONG && !STARTED.get() && STARTED.compareAndSet(false, true)) {
            var thread = new Thread(GcmWarmUp::run, "gcm-warm-up");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void run() {
        try {
            var key = new SecretKeySpec(new byte[DataKey.SIZE], "AES");
            var seal = Cipher.getInstance("AES/GCM/NoPadding");
            var open = Cipher.getInstance("AES/GCM/NoPadding");
            byte[] block = new byte[1024];
            byte[] iv = new byte[12];
            for (int i = 0; i < CALLS; i++) {
                iv[0] = (byte) i;
                iv[1] = (byte) (i >> 8);
                var parameters = new GCMParameterSpec(128, iv);
                seal.init(Cipher.ENCRYPT_MODE, key, parameters);
                open.init(Cipher.DECRYPT_MODE, key, parameters);
                open.doFinal(seal.doFinal(block));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }
}
