package dev.husk.protocol.log;

/**
 * The Ed25519 key that a witness cosigns checkpoints with: {@code name+hash+base64}, signature type 0x04 (C2SP
 * tlog-cosignature, {@code cosignature/v1}).
 *
 * <p>A type of its own: what one kind of key signs never counts for the other. The signed message does not have the
 * witness's name, so a witness must use its key under one name only. Immutable.
 */
public final class WitnessKey {
    private static final byte COSIGNATURE_V1 = 4;

    private final NoteKey key;

    private WitnessKey(NoteKey key) {
        this.key = key;
    }

    /**
     * A key from its name and 32 raw bytes.
     *
     * @throws IllegalArgumentException if a note cannot carry the name, or the key has another length
     */
    public static WitnessKey of(String name, byte[] publicKey) {
        return new WitnessKey(new NoteKey(name, COSIGNATURE_V1, publicKey));
    }

    /** @throws IllegalArgumentException if the text is no Ed25519 cosigner's key, or its hash does not fit */
    public static WitnessKey parse(String text) {
        return new WitnessKey(NoteKey.parse(text, COSIGNATURE_V1));
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
        return other instanceof WitnessKey that && key.equals(that.key);
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
