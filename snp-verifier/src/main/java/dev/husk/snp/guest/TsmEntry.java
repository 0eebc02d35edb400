package dev.husk.snp.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** One entry of {@link TsmEntries}, from its creation to its removal. */
record TsmEntry(TsmEntries entries, String name) implements AutoCloseable {
    private static final int WORD = 64;

    static TsmEntry create(TsmEntries entries, String name) throws IOException {
        entries.create(name);
        return new TsmEntry(entries, name);
    }

    void write(String attribute, byte[] value) throws IOException {
        try {
            entries.write(name, attribute, value);
        } catch (IOException e) {
            throw refused("write", attribute, e);
        }
    }

    byte[] read(String attribute, int most) throws IOException {
        try {
            return entries.read(name, attribute, most);
        } catch (IOException e) {
            throw refused("read", attribute, e);
        }
    }

    /** A short text without the newline that the kernel puts after it; nothing that could steer a terminal. */
    String word(String attribute) throws IOException {
        return new String(read(attribute, WORD), StandardCharsets.US_ASCII)
                .strip()
                .replaceAll("[^\\x21-\\x7E]", "?");
    }

    long generation() throws IOException {
        var text = word("generation");
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new IOException("generation is '" + text + "', not a number", e);
        }
    }

    @Override
    public void close() throws IOException {
        entries.remove(name);
    }

    private static IOException refused(String what, String attribute, IOException e) {
        return new IOException("cannot %s %s: %s".formatted(what, attribute, e.getMessage()), e);
    }
}
