package dev.husk.protocol.log;

import dev.husk.protocol.contract.PartySigner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A tree head in C2SP {@code tlog-checkpoint} form: origin, size, root, and signatures in signed-note form.
 *
 * <p>Immutable. Having one proves nothing until {@link #verify}.
 */
public final class Checkpoint {
    private static final int MAX_CHARS = 1 << 16;
    private static final String SIGNATURE_PREFIX = "\u2014 ";

    private final String origin;
    private final long size;
    private final byte[] root;
    private final String body;
    private final List<String> signatures;

    private Checkpoint(String origin, long size, byte[] root, String body, List<String> signatures) {
        this.origin = origin;
        this.size = size;
        this.root = root;
        this.body = body;
        this.signatures = List.copyOf(signatures);
    }

    /** An unsigned checkpoint; {@link #sign} it before it goes anywhere. */
    public static Checkpoint of(String origin, long size, byte[] root) {
        if (size < 0 || root.length != MerkleHash.SIZE || origin.isEmpty() || origin.contains("\n")) {
            throw new IllegalArgumentException("no checkpoint: " + origin + ", " + size);
        }
        var body = origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
        return new Checkpoint(origin, size, root.clone(), body, List.of());
    }

    /** @throws IllegalArgumentException if the text is not a signed checkpoint of at most 64 Ki characters */
    public static Checkpoint parse(String text) {
        if (text.length() > MAX_CHARS) {
            throw new IllegalArgumentException("larger than any checkpoint");
        }
        int blank = text.lastIndexOf("\n\n");
        if (blank < 0 || blank + 2 >= text.length() || !text.endsWith("\n")) {
            throw new IllegalArgumentException("no signatures after a blank line");
        }
        var body = text.substring(0, blank + 1);
        if (body.chars().anyMatch(c -> c < 0x20 && c != '\n')) {
            throw new IllegalArgumentException("control character in a note");
        }
        var lines = body.split("\n", -1);
        if (lines.length < 4 || lines[0].isEmpty()) {
            throw new IllegalArgumentException("origin, size and root must stand on a line each");
        }
        if (!lines[1].matches("0|[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException("not a tree size: " + lines[1]);
        }
        byte[] root = Base64.getDecoder().decode(lines[2]);
        if (root.length != MerkleHash.SIZE
                || !Base64.getEncoder().encodeToString(root).equals(lines[2])) {
            throw new IllegalArgumentException("not a SHA-256 root");
        }
        var signatures = new ArrayList<String>();
        for (var line : text.substring(blank + 2, text.length() - 1).split("\n", -1)) {
            if (!line.startsWith(SIGNATURE_PREFIX) || line.split(" ", -1).length != 3) {
                throw new IllegalArgumentException("not a signature line");
            }
            signatures.add(line);
        }
        return new Checkpoint(lines[0], Long.parseLong(lines[1]), root, body, signatures);
    }

    public String origin() {
        return origin;
    }

    public long size() {
        return size;
    }

    public byte[] root() {
        return root.clone();
    }

    /** This checkpoint with one more signature. The signer must be an Ed25519 key. */
    public Checkpoint sign(String name, PartySigner signer) {
        var key = VerifierKey.of(name, signer.key().raw());
        byte[] signature = signer.sign(body.getBytes(StandardCharsets.UTF_8));
        byte[] line = Arrays.copyOf(key.id(), 4 + signature.length);
        System.arraycopy(signature, 0, line, 4, signature.length);
        var all = new ArrayList<>(signatures);
        all.add(SIGNATURE_PREFIX + name + " " + Base64.getEncoder().encodeToString(line));
        return new Checkpoint(origin, size, root, body, all);
    }

    /** Whether {@code key} signed this text. A second signature of the same key that does not verify spoils it. */
    public boolean verify(VerifierKey key) {
        boolean verified = false;
        for (var line : signatures) {
            var parts = line.split(" ", -1);
            byte[] bytes;
            try {
                bytes = Base64.getDecoder().decode(parts[2]);
            } catch (IllegalArgumentException e) {
                return false; // an unreadable signature spoils the note
            }
            if (!Base64.getEncoder().encodeToString(bytes).equals(parts[2])) {
                return false; // stray bits: one signature must have one spelling
            }
            if (!parts[1].equals(key.name()) || bytes.length < 4 || !Arrays.equals(Arrays.copyOf(bytes, 4), key.id())) {
                continue;
            }
            if (!key.verify(body.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(bytes, 4, bytes.length))) {
                return false;
            }
            verified = true;
        }
        return verified;
    }

    /** The signed note. */
    public String text() {
        return signatures.isEmpty() ? body : body + "\n" + String.join("\n", signatures) + "\n";
    }

    @Override
    public String toString() {
        return text();
    }
}
