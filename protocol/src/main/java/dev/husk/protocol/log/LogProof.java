package dev.husk.protocol.log;

import java.util.ArrayList;
import java.util.List;

/**
 * A proof that can be checked without the log (C2SP {@code tlog-proof}): index, inclusion proof and checkpoint of an entry,
 * and extra data that nothing vouches for. Proves nothing until it is verified.
 *
 * @param extra what the application needs to make the entry from; empty if there is none
 * @param hashes from the leaf's sibling up
 */
public record LogProof(byte[] extra, long index, List<byte[]> hashes, Checkpoint checkpoint) {
    private static final String FIRST_LINE = "c2sp.org/tlog-proof@v1";
    private static final int MAX_HASHES = 63;
    private static final int MAX_EXTRA = 1 << 16;
    private static final int MAX_HEAD = 1 << 17;

    public LogProof {
        extra = extra.clone();
        hashes = List.copyOf(hashes);
        if (index < 0 || hashes.size() > MAX_HASHES || extra.length > MAX_EXTRA) {
            throw new IllegalArgumentException("no proof of a log: " + index + ", " + hashes.size() + " hashes");
        }
    }

    /** @throws MalformedLogException if it is no proof in this format, or larger than any that is read */
    public static LogProof parse(String text) throws MalformedLogException {
        int blank = text.indexOf("\n\n");
        if (blank < 0 || blank > MAX_HEAD) {
            throw new MalformedLogException("no checkpoint after a blank line");
        }
        var lines = text.substring(0, blank).split("\n", -1);
        try {
            int next = 0;
            if (!lines[next++].equals(FIRST_LINE)) {
                throw new MalformedLogException("does not start with " + FIRST_LINE);
            }
            byte[] extra = {};
            if (next < lines.length && lines[next].startsWith("extra ")) {
                extra = NoteLines.base64(after("extra ", lines[next++]));
                if (extra.length == 0) {
                    throw new MalformedLogException("a line of extra data without data");
                }
            }
            if (next == lines.length) {
                throw new MalformedLogException("no index");
            }
            long index = NoteLines.decimal(after("index ", lines[next++]));
            var hashes = new ArrayList<byte[]>();
            for (; next < lines.length && hashes.size() <= MAX_HASHES; next++) {
                hashes.add(NoteLines.hash(lines[next]));
            }
            return new LogProof(extra, index, hashes, Checkpoint.parse(text.substring(blank + 2)));
        } catch (IllegalArgumentException e) {
            throw new MalformedLogException("not a proof of a log: " + e.getMessage());
        }
    }

    private static String after(String prefix, String line) {
        if (!line.startsWith(prefix)) {
            throw new IllegalArgumentException("no " + prefix.strip());
        }
        return line.substring(prefix.length());
    }

    @Override
    public byte[] extra() {
        return extra.clone();
    }

    /** Whether {@code log} signed the checkpoint under its own origin and its tree holds the leaf at the index. */
    public boolean verify(byte[] leafHash, VerifierKey log) {
        return checkpoint.origin().equals(log.name())
                && checkpoint.verify(log)
                && Inclusion.verify(index, checkpoint.size(), leafHash, hashes, checkpoint.root());
    }

    /** The same, of any log that the policy names, with as many cosignatures as the policy asks for. */
    public boolean verify(byte[] leafHash, WitnessPolicy policy) {
        return policy.judge(checkpoint).enough() && policy.logs().stream().anyMatch(log -> verify(leafHash, log));
    }

    /** The file: its name should end in {@code .tlog-proof}. */
    public String text() {
        return FIRST_LINE
                + "\n"
                + (extra.length == 0 ? "" : "extra " + NoteLines.base64(extra) + "\n")
                + "index "
                + index
                + "\n"
                + NoteLines.hashes(hashes)
                + "\n"
                + checkpoint.text();
    }
}
