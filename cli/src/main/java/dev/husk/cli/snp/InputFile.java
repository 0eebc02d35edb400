package dev.husk.cli.snp;

import dev.husk.snp.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** A file that somebody named, read whole; the certificates or lists in it. */
final class InputFile {
    private static final long MAX_BYTES = 1 << 20;
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private InputFile() {}

    static byte[] bytes(Path file) throws UnusableInputException {
        try {
            if (!Files.exists(file)) {
                throw new UnusableInputException("no file " + file);
            }
            if (Files.isDirectory(file)) {
                throw new UnusableInputException(file + " is a folder, not a file");
            }
            try (var in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes((int) MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    throw new UnusableInputException(file + " is larger than 1 MiB");
                }
                return bytes;
            }
        } catch (IOException e) {
            throw new UnusableInputException("cannot read %s: %s".formatted(file, e.getMessage()));
        }
    }

    static Path path(String text) throws UnusableInputException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UnusableInputException("'%s' is no path".formatted(text));
        }
    }

    /** What the file holds, in DER: each block of a PEM file, or all of another file as it is. */
    static List<Bytes> der(Path file) throws UnusableInputException {
        byte[] bytes = bytes(file);
        var text = new String(bytes, StandardCharsets.ISO_8859_1);
        var blocks = new ArrayList<Bytes>();
        var matcher = PEM.matcher(text);
        while (matcher.find()) {
            try {
                blocks.add(Bytes.copyOf(Base64.getMimeDecoder().decode(matcher.group(2))));
            } catch (IllegalArgumentException e) {
                throw new UnusableInputException(file + " has a PEM block that is not base64");
            }
        }
        return blocks.isEmpty() ? List.of(Bytes.copyOf(bytes)) : blocks;
    }
}
