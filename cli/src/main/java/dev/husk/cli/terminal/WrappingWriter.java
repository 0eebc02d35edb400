package dev.husk.cli.terminal;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/**
 * Breaks long lines at spaces, so that a terminal need not break them within words. What follows a break is indented
 * by two more than its line. A command, which starts with {@code $}, goes on after a backslash, so that it can be
 * copied; JSON stays as it is.
 *
 * <p>Nothing is written before the line ends or {@link #flush} is called; the rest of a flushed line is not broken.
 */
public final class WrappingWriter extends FilterWriter {
    private static final int NARROWEST = 40;
    private static final String ESCAPES = "\u001b\\[[0-9;]*m";

    private final int columns;
    private final StringBuilder line = new StringBuilder();
    private boolean begun;

    /** @param columns of the terminal; at least 40 are assumed */
    public WrappingWriter(Writer out, int columns) {
        super(out);
        this.columns = Math.max(NARROWEST, columns);
    }

    @Override
    public void write(int c) throws IOException {
        line.append((char) c);
        if (c == '\n') {
            emit();
        }
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            write(text[i]);
        }
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        write(text.toCharArray(), offset, length);
    }

    @Override
    public void flush() throws IOException {
        if (!line.isEmpty()) {
            emit();
            begun = true;
        }
        out.flush();
    }

    private void emit() throws IOException {
        var text = line.toString();
        line.setLength(0);
        out.write(begun ? text : wrapped(text));
        begun = begun && !text.endsWith("\n");
    }

    private String wrapped(String text) {
        var plain = text.replaceAll(ESCAPES, "");
        var words = plain.stripLeading();
        int indent = plain.length() - words.length();
        if (words.startsWith("{") || words.startsWith("[") || words.startsWith("\"") || indent > columns / 2) {
            return text;
        }
        boolean command = words.startsWith("$ ");
        var out = new StringBuilder();
        var rest = text;
        int hanging = 0;
        while (width(rest) + hanging > columns) {
            int at = lastSpace(rest, columns - hanging - (command ? 2 : 0), hanging == 0 ? indent : 0);
            if (at < 0) {
                break;
            }
            hanging = indent + 2;
            out.append(rest, 0, at).append(command ? " \\" : "").append('\n').append(" ".repeat(hanging));
            rest = rest.substring(at + 1).stripLeading();
        }
        return out.append(rest).toString();
    }

    private static int width(String text) {
        return text.replaceAll(ESCAPES, "").stripTrailing().length();
    }

    /** The last space before column {@code limit} and past the indentation, or the first after it; -1 if none. */
    private static int lastSpace(String text, int limit, int indent) {
        int found = -1;
        int column = 0;
        for (int i = 0; i < text.stripTrailing().length(); i++) {
            if (text.charAt(i) == '\u001b') {
                i = text.indexOf('m', i);
                continue;
            }
            if (text.charAt(i) == ' ' && column > indent) {
                if (column > limit) {
                    return found < 0 ? i : found;
                }
                found = i;
            }
            column++;
        }
        return column > limit ? found : -1;
    }
}
