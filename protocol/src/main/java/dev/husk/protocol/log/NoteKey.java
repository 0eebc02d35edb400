package dev.husk.protocol.log;

import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.json.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What the kinds of Ed25519 keys of signed notes share: name, signature type, key (C2SP signed-note, "Verifier keys").
 *
 * <p>Immutable.
 */
final class NoteKey {
    static final int ID = 4;

    private static final int RAW = 32;
    private static final Pattern FORBIDDEN = Pattern.compile("[\\p{IsWhite_Space}\\p{Cc}\\p{Cs}+]");

    private final String name;
    private final byte type;
    private final byte[] raw;
    private final byte[] id;
    private final PartyKey key;

    /** @throws IllegalArgumentException if a note cannot carry the name, or the key has not 32 bytes */
    NoteKey(String name, byte type, byte[] raw) {
        requireName(name);
        this.name = name;
        this.type = type;
        this.key = PartyKey.ed25519(raw);
        this.raw = raw.clone();
        var digest = Digests.sha256();
        digest.update((name + "\n").getBytes(StandardCharsets.UTF_8));
        digest.update(type);
        id = Arrays.copyOf(digest.digest(raw), ID);
    }

    /** @throws IllegalArgumentException if the text is no verifier key of this type, or its hash does not fit */
    static NoteKey parse(String text, byte type) {
        var parts = text.split("\\+", 3);
        if (parts.length != 3) {
            throw new IllegalArgumentException("a verifier key is name+hash+key");
        }
        byte[] encoded = NoteLines.base64(parts[2]);
        if (encoded.length != 1 + RAW || encoded[0] != type) {
            throw new IllegalArgumentException("not an Ed25519 verifier key of type 0x%02x".formatted(type));
        }
        var key = new NoteKey(parts[0], type, Arrays.copyOfRange(encoded, 1, encoded.length));
        if (!HexFormat.of().formatHex(key.id).equals(parts[1])) {
            throw new IllegalArgumentException("the verifier key's hash does not fit its key");
        }
        return key;
    }

    /** Not empty; without spaces in Unicode's sense, plus signs, and what no note may have. */
    static void requireName(String name) {
        if (name.isEmpty() || FORBIDDEN.matcher(name).find()) {
            throw new IllegalArgumentException(
                    "a key's name has neither plus, space nor control character and is not empty");
        }
    }

    String name() {
        return name;
    }

    byte[] raw() {
        return raw.clone();
    }

    /** The four bytes that stand before each signature. */
    byte[] id() {
        return id.clone();
    }

    boolean made(NoteSignature signature) {
        return name.equals(signature.name()) && Arrays.equals(id, signature.id());
    }

    boolean verify(byte[] message, byte[] signature) {
        return key.verify(message, signature);
    }

    String text() {
        byte[] encoded = new byte[1 + RAW];
        encoded[0] = type;
        System.arraycopy(raw, 0, encoded, 1, RAW);
        return name + "+" + HexFormat.of().formatHex(id) + "+" + NoteLines.base64(encoded);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NoteKey that
                && type == that.type
                && name.equals(that.name)
                && Arrays.equals(raw, that.raw);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(raw);
    }
}
