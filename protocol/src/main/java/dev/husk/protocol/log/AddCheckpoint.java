package dev.husk.protocol.log;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a log asks its witness (C2SP {@code tlog-witness}, {@code add-checkpoint}): to cosign a checkpoint that grew from the
 * one it cosigned last. {@link WitnessRules} say whether it may.
 *
 * @param old size of the checkpoint that the witness cosigned last, 0 if none
 * @param proof the consistency proof from {@code old} to the checkpoint's size
 */
public record AddCheckpoint(long old, List<byte[]> proof, Checkpoint checkpoint) {
    /** Largest body that is read. */
    public static final int MAX_BYTES = 1 << 18;

    /** Where it is posted, below a witness's submission prefix. */
    public static final String PATH = "/add-checkpoint";

    /** Content type of the answer that says which size the witness cosigned last. */
    public static final String SIZE_TYPE = "text/x.tlog.size";

    private static final int MAX_PROOF = 63;

    /** @throws IllegalArgumentException for an old size above the checkpoint's, and more than 63 hashes */
    public AddCheckpoint {
        proof = List.copyOf(proof);
        if (old < 0 || old > checkpoint.size()) {
            throw new IllegalArgumentException("the old size is not from 0 to the checkpoint's");
        }
        if (proof.size() > MAX_PROOF) {
            throw new IllegalArgumentException("a proof of more than " + MAX_PROOF + " hashes");
        }
    }

    /** @throws MalformedLogException if the body does not follow the format */
    public static AddCheckpoint parse(byte[] body) throws MalformedLogException {
        if (body.length > MAX_BYTES) {
            throw new MalformedLogException("larger than any checkpoint");
        }
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            int blank = text.indexOf("\n\n");
            if (blank < 0) {
                throw new MalformedLogException("no checkpoint after a blank line");
            }
            var lines = text.substring(0, blank).split("\n", MAX_PROOF + 3);
            if (!lines[0].startsWith("old ")) {
                throw new MalformedLogException("does not start with an old size");
            }
            var proof = new ArrayList<byte[]>();
            for (int i = 1; i < lines.length; i++) {
                proof.add(NoteLines.hash(lines[i]));
            }
            return new AddCheckpoint(
                    NoteLines.decimal(lines[0].substring("old ".length())),
                    proof,
                    Checkpoint.parse(text.substring(blank + 2)));
        } catch (CharacterCodingException e) {
            throw new MalformedLogException("not UTF-8");
        } catch (IllegalArgumentException e) {
            throw new MalformedLogException("not an add-checkpoint request: " + e.getMessage());
        }
    }

    /** The body. */
    public String text() {
        return "old " + old + "\n" + NoteLines.hashes(proof) + "\n" + checkpoint.text();
    }

    /**
     * Reads a size that a witness answers with.
     *
     * @throws MalformedLogException unless it is a decimal number and a newline
     */
    public static long size(String answer) throws MalformedLogException {
        if (!answer.endsWith("\n")) {
            throw new MalformedLogException("a size without a newline");
        }
        try {
            return NoteLines.decimal(answer.substring(0, answer.length() - 1));
        } catch (IllegalArgumentException e) {
            throw new MalformedLogException("not a size: " + e.getMessage());
        }
    }
}
