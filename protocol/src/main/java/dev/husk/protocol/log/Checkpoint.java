package dev.husk.protocol.log;

import dev.husk.protocol.contract.PartySigner;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A tree head in C2SP {@code tlog-checkpoint} form: origin, size, root, and signatures in signed-note form, of the log
 * and of witnesses.
 *
 * <p>Immutable. Having one proves nothing until {@link #verify}.
 */
public final class Checkpoint {
    private final String origin;
    private final long size;
    private final byte[] root;
    private final Note note;

    private Checkpoint(String origin, long size, byte[] root, Note note) {
        this.origin = origin;
        this.size = size;
        this.root = root;
        this.note = note;
    }

    /** An unsigned checkpoint; {@link #sign} it before it goes anywhere. */
    public static Checkpoint of(String origin, long size, byte[] root) {
        if (size < 0
                || root.length != MerkleHash.SIZE
                || origin.isEmpty()
                || origin.chars().anyMatch(c -> c < 0x20)) {
            throw new IllegalArgumentException("no checkpoint: " + origin + ", " + size);
        }
        var body = origin + "\n" + size + "\n" + NoteLines.base64(root) + "\n";
        return new Checkpoint(origin, size, root.clone(), new Note(body, List.of()));
    }

    /**
     * Reads a signed checkpoint. Extension lines are kept, and mean nothing here.
     *
     * @throws IllegalArgumentException if it is none, has more than 64 signatures or more than 256 Ki characters
     */
    public static Checkpoint parse(String text) {
        var note = Note.parse(text);
        var lines = note.text().substring(0, note.text().length() - 1).split("\n", -1);
        if (lines.length < 3) {
            throw new IllegalArgumentException("origin, size and root must stand on a line each");
        }
        for (var line : lines) {
            if (line.isEmpty()) {
                throw new IllegalArgumentException("an empty line in a checkpoint");
            }
        }
        return new Checkpoint(lines[0], NoteLines.decimal(lines[1]), NoteLines.hash(lines[2]), note);
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

    /** This checkpoint with the log's signature. */
    public Checkpoint sign(String name, PartySigner signer) {
        return with(note.with(
                note.signature(VerifierKey.of(name, signer.key().raw()).key(), signer)));
    }

    /**
     * This checkpoint with a witness's {@code cosignature/v1}. Whoever calls this vouches that the log only grew.
     *
     * @param time in seconds of POSIX, from 1
     */
    public Checkpoint cosign(String name, PartySigner signer, long time) {
        if (time <= 0) {
            throw new IllegalArgumentException("a cosignature needs a time");
        }
        return with(note.with(
                note.cosignature(WitnessKey.of(name, signer.key().raw()).key(), signer, time)));
    }

    /** Whether {@code key} signed this text. A second signature of the same key that does not verify spoils it. */
    public boolean verify(VerifierKey key) {
        return standing(key) == Note.Standing.SIGNED;
    }

    /**
     * When {@code key} cosigned this text at the latest, in seconds of POSIX; empty if it did not, or if a line claims to
     * be its cosignature and is not.
     */
    public OptionalLong cosignedAt(WitnessKey key) {
        if (standing(key) != Note.Standing.SIGNED) {
            return OptionalLong.empty();
        }
        return note.signatures().stream()
                .map(signature -> note.time(key, signature))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .max();
    }

    Note.Standing standing(VerifierKey key) {
        return note.standing(key);
    }

    Note.Standing standing(WitnessKey key) {
        return note.standing(key);
    }

    /** Whether the other says the same, whoever signed it. */
    public boolean hasTextOf(Checkpoint other) {
        return note.text().equals(other.note.text());
    }

    /** This checkpoint with the signatures that verify under one of these keys, and no others. */
    public Checkpoint signedBy(Collection<VerifierKey> keys) {
        return with(note.only(signature -> keys.stream()
                .anyMatch(key -> key.key().made(signature)
                        && note.only(other -> other == signature).standing(key) == Note.Standing.SIGNED)));
    }

    /** The signature lines of a witness, each with its newline: the answer of {@code add-checkpoint}. */
    public String cosignatureLines(WitnessKey key) {
        return note.only(signature -> note.time(key, signature).isPresent()).signatureLines();
    }

    /**
     * This checkpoint with the first cosignature of {@code key} among some signature lines; empty if there is none that
     * verifies. Lines of other keys are left behind, and so are earlier cosignatures of this one.
     *
     * @throws IllegalArgumentException if these are no signature lines
     */
    public Optional<Checkpoint> adopt(String signatureLines, WitnessKey key) {
        return Note.lines(signatureLines).stream()
                .filter(signature -> note.time(key, signature).isPresent())
                .findFirst()
                .map(signature -> with(note.only(mine -> !key.key().made(mine)).with(signature)));
    }

    private Checkpoint with(Note signed) {
        return new Checkpoint(origin, size, root, signed);
    }

    /** The signed note. */
    public String text() {
        return note.note();
    }

    @Override
    public String toString() {
        return text();
    }
}
