package dev.husk.protocol.log;

import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.json.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * An Ed25519 key of a signed note: {@code name+hash+base64} (C2SP signed-note, "Verifier keys").
 *
 * <p>Immutable.
 */
public final class VerifierKey {
    private static final byte ED25519 = 1;

    private final String name;
    private final byte[] publicKey;

    private VerifierKey(String name, byte[] publicKey) {
        this.name = name;
        this.publicKey = publicKey;
    }

    /** A key from its name and 32 raw bytes. */
    public static VerifierKey of(String name, byte[] publicKey) {
        if (name.isEmpty() || name.contains("+") || name.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("a key's name has neither plus nor space and is not empty: " + name);
        }
        if (publicKey.length != 32) {
            throw new IllegalArgumentException("an Ed25519 key has 32 bytes, not " + publicKey.length);
        }
        return new VerifierKey(name, publicKey.clone());
    }

    /** @throws IllegalArgumentException if the text is no Ed25519 verifier key, or its hash does not fit */
    public static VerifierKey parse(String text) {
        var parts = text.split("\\+", 3);
        if (parts.length != 3) {
            throw new IllegalArgumentException("a verifier key is name+hash+key");
        }
        byte[] encoded = Base64.getDecoder().decode(parts[2]);
        if (encoded.length != 33 || encoded[0] != ED25519) {
            throw new IllegalArgumentException("not an Ed25519 verifier key");
        }
        var key = of(parts[0], Arrays.copyOfRange(encoded, 1, 33));
        if (!HexFormat.of().formatHex(key.id()).equals(parts[1])) {
            throw new IllegalArgumentException("the verifier key's hash does not fit its key");
        }
        return key;
    }

    public String name() {
        return name;
    }

    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** The four bytes that stand before each signature. */
    byte[] id() {
        var digest = Digests.sha256();
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
        digest.update(ED25519);
        return Arrays.copyOf(digest.digest(publicKey), 4);
    }

    boolean verify(byte[] message, byte[] signature) {
        return PartyKey.ed25519(publicKey).verify(message, signature);
    }

    public String text() {
        byte[] encoded = new byte[33];
        encoded[0] = ED25519;
        System.arraycopy(publicKey, 0, encoded, 1, 32);
        return name + "+" + HexFormat.of().formatHex(id()) + "+"
                + Base64.getEncoder().encodeToString(encoded);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey key && name.equals(key.name) && Arrays.equals(publicKey, key.publicKey);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(publicKey);
    }

    @Override
    public String toString() {
        return text();
    }
}
