package dev.husk.runtime.load;

import dev.husk.protocol.json.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * An action's Java source, one file. Its digest is over its UTF-8 bytes, and known before the compiler sees any of it.
 *
 * <p>What is accepted holds no control character but white space, and every zip holds some: no text can be reviewed as
 * source and then run as a jar, or the other way round, under one digest.
 */
public final class ActionSource implements ActionCode {
    /** Longest source, in bytes of UTF-8. */
    public static final int MAX_BYTES = 1 << 20;

    private static final String COMPILER = "jdk.compiler";

    private final String text;
    private final String digest;

    private ActionSource(String text, byte[] utf8) {
        this.text = text;
        this.digest = Digests.sha256(utf8);
    }

    /** @throws IllegalArgumentException if this runtime compiles no source, or not this one; the message says why */
    public static ActionSource of(String text) {
        if (ModuleLayer.boot().findModule(COMPILER).isEmpty()) {
            throw new IllegalArgumentException(
                    "this runtime has no Java compiler: compile the action and send its jar");
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > MAX_BYTES) {
            throw new IllegalArgumentException("the source is longer than %d bytes: send a jar".formatted(MAX_BYTES));
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) && "\t\n\f\r".indexOf(c) < 0) {
                throw new IllegalArgumentException(
                        "the source has the control character U+%04X at position %d".formatted((int) c, i));
            }
        }
        return new ActionSource(text, utf8);
    }

    @Override
    public String digest() {
        return digest;
    }

    @Override
    public ActionLoader open(Path folder) throws IOException, SourceErrorsException {
        return ActionArchive.open(jar(SourceCompiler.compile(text)), folder);
    }

    private static byte[] jar(Map<String, byte[]> classes) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes)) {
            jar.setLevel(0);
            for (var type : new TreeMap<>(classes).entrySet()) {
                jar.putNextEntry(new JarEntry(type.getKey().replace('.', '/') + ".class"));
                jar.write(type.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
