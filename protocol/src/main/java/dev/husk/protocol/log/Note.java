package dev.husk.protocol.log;

import dev.husk.protocol.contract.PartySigner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * A text and who signed it (C2SP signed-note). Immutable; the text means nothing until a signature of a known key is
 * verified.
 *
 * @param text ends in a newline
 */
record Note(String text, List<NoteSignature> signatures) {
    /** Longest note, in characters: room for the 16 post-quantum signatures that every verifier must take, and more. */
    static final int MAX_CHARS = 1 << 18;

    private static final int MAX_SIGNATURES = 64;
    private static final int ED25519_SIGNATURE = 64;

    /** What a key has to do with a note. */
    enum Standing {
        ABSENT,
        SIGNED,
        /** A line has the key's name and id and is not its signature: the note is malformed. */
        FORGED
    }

    Note {
        signatures = List.copyOf(signatures);
        if (signatures.size() > MAX_SIGNATURES) {
            throw new IllegalArgumentException("more than " + MAX_SIGNATURES + " signatures");
        }
    }

    /** @throws IllegalArgumentException if it is no signed note, or larger than any that is read */
    static Note parse(String note) {
        if (note.length() > MAX_CHARS) {
            throw new IllegalArgumentException("larger than any note");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(note)) {
            throw new IllegalArgumentException("a note that UTF-8 cannot carry");
        }
        if (note.chars().anyMatch(c -> c < 0x20 && c != '\n')) {
            throw new IllegalArgumentException("control character in a note");
        }
        int blank = note.lastIndexOf("\n\n");
        if (blank < 0 || blank + 2 >= note.length()) {
            throw new IllegalArgumentException("no signatures after a blank line");
        }
        return new Note(note.substring(0, blank + 1), lines(note.substring(blank + 2)));
    }

    /** @throws IllegalArgumentException unless these are one or more signature lines, each with its newline */
    static List<NoteSignature> lines(String lines) {
        if (lines.length() > MAX_CHARS || !lines.endsWith("\n")) {
            throw new IllegalArgumentException("signature lines end in a newline, and there are not that many");
        }
        var signatures = new ArrayList<NoteSignature>();
        for (var line : lines.substring(0, lines.length() - 1).split("\n", MAX_SIGNATURES + 1)) {
            signatures.add(NoteSignature.parse(line));
        }
        return signatures;
    }

    Note with(NoteSignature signature) {
        var all = new ArrayList<>(signatures);
        all.add(signature);
        return new Note(text, all);
    }

    Note only(Predicate<NoteSignature> wanted) {
        return new Note(text, signatures.stream().filter(wanted).toList());
    }

    NoteSignature signature(NoteKey key, PartySigner signer) {
        return new NoteSignature(key.name(), key.id(), signer.sign(bytes()));
    }

    /** A {@code timestamped_signature} of tlog-cosignature. */
    NoteSignature cosignature(NoteKey key, PartySigner signer, long time) {
        var signature = ByteBuffer.allocate(Long.BYTES + ED25519_SIGNATURE);
        signature.putLong(time).put(signer.sign(cosigned(time)));
        return new NoteSignature(key.name(), key.id(), signature.array());
    }

    Standing standing(VerifierKey verifier) {
        var key = verifier.key();
        var standing = Standing.ABSENT;
        for (var signature : signatures) {
            if (key.made(signature)) {
                if (!key.verify(bytes(), signature.signature())) {
                    return Standing.FORGED;
                }
                standing = Standing.SIGNED;
            }
        }
        return standing;
    }

    Standing standing(WitnessKey witness) {
        var key = witness.key();
        var standing = Standing.ABSENT;
        for (var signature : signatures) {
            if (key.made(signature)) {
                if (time(witness, signature).isEmpty()) {
                    return Standing.FORGED;
                }
                standing = Standing.SIGNED;
            }
        }
        return standing;
    }

    /** When the witness made this signature, in seconds of POSIX; empty if it did not. A tree's head needs a time. */
    OptionalLong time(WitnessKey witness, NoteSignature signature) {
        var key = witness.key();
        if (!key.made(signature) || signature.signature().length != Long.BYTES + ED25519_SIGNATURE) {
            return OptionalLong.empty();
        }
        var bytes = ByteBuffer.wrap(signature.signature());
        long time = bytes.getLong();
        byte[] ed25519 = new byte[ED25519_SIGNATURE];
        bytes.get(ed25519);
        return time > 0 && key.verify(cosigned(time), ed25519) ? OptionalLong.of(time) : OptionalLong.empty();
    }

    private byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] cosigned(long time) {
        return ("cosignature/v1\ntime " + time + "\n" + text).getBytes(StandardCharsets.UTF_8);
    }

    /** The lines after the blank one. */
    String signatureLines() {
        var lines = new StringBuilder();
        signatures.forEach(signature -> lines.append(signature.line()).append('\n'));
        return lines.toString();
    }

    /** The whole note; only its text while nobody has signed it. */
    String note() {
        return signatures.isEmpty() ? text : text + "\n" + signatureLines();
    }
}
