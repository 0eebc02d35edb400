package dev.husk.gateway.keys;

import dev.husk.protocol.json.Base64Url;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the secret columns of the untrusted database: AES-256-GCM with the identity of the value as associated data, so
 * that one that was changed, moved to another row or put back to what it was before does not open. Where the key comes
 * from, {@link StateKeySource} says. Safe to share between threads.
 *
 * <p>Does not notice that the whole database was put back together with its log; the log's checkpoints and their
 * witnesses do.
 */
@ApplicationScoped
public class StateKey {
    /** Length of a state key, in bytes. */
    public static final int SIZE = 32;

    private static final int VERSION = 1;
    private static final int IV = 12;
    private static final int TAG = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private volatile Optional<SecretKeySpec> key = Optional.empty();
    private volatile Optional<SecretKeySpec> before = Optional.empty();
    private byte[] bytes = {};

    /** A fresh key; the caller wipes it. */
    public static byte[] generate() {
        byte[] fresh = new byte[SIZE];
        RANDOM.nextBytes(fresh);
        return fresh;
    }

    /**
     * Starts to use a key, which is copied.
     *
     * @throws IllegalStateException if one is in use
     */
    public synchronized void install(byte[] stateKey) {
        if (key.isPresent()) {
            throw new IllegalStateException("a state key is in use");
        }
        use(stateKey);
    }

    private void use(byte[] stateKey) {
        if (stateKey.length != SIZE) {
            throw new IllegalStateException("a state key has 32 bytes");
        }
        bytes = stateKey.clone();
        key = Optional.of(new SecretKeySpec(bytes, "AES"));
    }

    /** Seals with another key from now on, which is copied; what the former one sealed opens until {@link #settle}. */
    synchronized void change(byte[] stateKey) {
        if (key.isEmpty() || before.isPresent()) {
            throw new IllegalStateException("no state key to change, or one is being changed");
        }
        before = key;
        Arrays.fill(bytes, (byte) 0);
        use(stateKey);
    }

    /** Forgets the former key. */
    public synchronized void settle() {
        before = Optional.empty();
    }

    /** Names the key and says nothing about it: a MAC under it. */
    public String id() {
        return id(key.orElseThrow(StateKey::missing));
    }

    /** Whether this is the name of the key in use, or of the former one while it is being changed. */
    public boolean isNamed(String id) {
        return id().equals(id) || before.isPresent() && id(before.get()).equals(id);
    }

    private static String id(SecretKeySpec key) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return Base64Url.encode(mac.doFinal("husk state key id v1".getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
        }
    }

    /** The key itself, to hand over or to split; the caller wipes it. */
    public synchronized byte[] copy() {
        if (key.isEmpty()) {
            throw missing();
        }
        return bytes.clone();
    }

    public byte[] seal(SealedColumn column, byte[] secret) {
        byte[] iv = new byte[IV];
        RANDOM.nextBytes(iv);
        try {
            var current = key.orElseThrow(StateKey::missing);
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, current, iv, column).doFinal(secret);
            byte[] all = new byte[1 + IV + sealed.length];
            all[0] = VERSION;
            System.arraycopy(iv, 0, all, 1, IV);
            System.arraycopy(sealed, 0, all, 1 + IV, sealed.length);
            return all;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    /**
     * @throws IllegalStateException if the value was changed, moved, put back, or sealed under another key
     */
    public byte[] open(SealedColumn column, byte[] sealed) {
        if (sealed.length < 1 + IV + TAG || sealed[0] != VERSION) {
            throw new IllegalStateException("the database's " + column + " is cut short, or of another format");
        }
        var former = before;
        return open(key.orElseThrow(StateKey::missing), column, sealed)
                .or(() -> former.flatMap(one -> open(one, column, sealed)))
                .orElseThrow(() -> new IllegalStateException(
                        "the database's " + column + " was changed, moved or put back, or is of another state key"));
    }

    private static Optional<byte[]> open(SecretKeySpec key, SealedColumn column, byte[] sealed) {
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOfRange(sealed, 1, 1 + IV), column)
                    .doFinal(sealed, 1 + IV, sealed.length - 1 - IV));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] iv, SealedColumn column)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG, iv));
        cipher.updateAAD(column.associatedData(VERSION));
        return cipher;
    }

    private static IllegalStateException missing() {
        return new IllegalStateException("the gateway has no state key yet");
    }

    @PreDestroy
    synchronized void forget() {
        key = Optional.empty();
        before = Optional.empty();
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "StateKey";
    }
}
