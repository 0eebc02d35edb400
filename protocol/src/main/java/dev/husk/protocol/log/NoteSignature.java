package dev.husk.protocol.log;

import java.util.Arrays;

/**
 * One signature line of a note: em dash, name of the key, base64 of the key's id and the signature. Says nothing about
 * who made it.
 */
record NoteSignature(String name, byte[] id, byte[] signature) {
    private static final String PREFIX = "\u2014 ";

    /** @throws IllegalArgumentException for a line of any other form */
    static NoteSignature parse(String line) {
        var parts = line.split(" ", -1);
        if (parts.length != 3 || !line.startsWith(PREFIX)) {
            throw new IllegalArgumentException("not a signature line");
        }
        NoteKey.requireName(parts[1]);
        byte[] bytes = NoteLines.base64(parts[2]);
        if (bytes.length <= NoteKey.ID) {
            throw new IllegalArgumentException("a signature line without a signature");
        }
        return new NoteSignature(
                parts[1], Arrays.copyOf(bytes, NoteKey.ID), Arrays.copyOfRange(bytes, NoteKey.ID, bytes.length));
    }

    /** The line without its newline. */
    String line() {
        byte[] bytes = Arrays.copyOf(id, id.length + signature.length);
        System.arraycopy(signature, 0, bytes, id.length, signature.length);
        return PREFIX + name + " " + NoteLines.base64(bytes);
    }
}
