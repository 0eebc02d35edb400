package dev.husk.protocol.log;

/**
 * The Ed25519 key that a log signs its checkpoints with: {@code name+hash+base64}, signature type 0x01 (C2SP
 * signed-note, "Verifier keys").
 *
 * <p>Immutable.
 */
public final class VerifierKey {
    private static final byte ED25519 = 1;

    private final NoteKey key;

    private VerifierKey(NoteKey key) {
        this.key = key;
    }

    /**
     * A key from its name and 32 raw bytes.
     *
     * @throws IllegalArgumentException if a note cannot carry the name, or the key has another length
     */
    public static VerifierKey of(String name, byte[] publicKey) {
        return new VerifierKey(new NoteKey(name, ED25519, publicKey));
    }

    /** @throws IllegalArgumentException if the text is no Ed25519 verifier key, or its hash does not fit */
    public static VerifierKey parse(String text) {
        return new VerifierKey(NoteKey.parse(text, ED25519));
    }

    public String name() {
        return key.name();
    }

    public byte[] publicKey() {
        return key.raw();
    }

    NoteKey key() {
        return key;
    }

    public String text() {
        return key.text();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey that && key.equals(that.key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return text();
    }
}
