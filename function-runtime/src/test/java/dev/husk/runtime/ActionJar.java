package dev.husk.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Test actions, compiled with the tests and packed into jars on the fly. */
final class ActionJar {
    private ActionJar() {}

    static byte[] of(Class<?>... classes) {
        return of("", classes);
    }

    /** With a manifest that says it. */
    static byte[] threadSafe(Class<?>... classes) {
        return of("Husk-Thread-Safe: true", classes);
    }

    private static byte[] of(String manifest, Class<?>... classes) {
        try {
            var bytes = new ByteArrayOutputStream();
            try (var jar = new JarOutputStream(bytes)) {
                if (!manifest.isEmpty()) {
                    var entry = new JarEntry("META-INF/MANIFEST.MF");
                    entry.setTime(0);
                    jar.putNextEntry(entry);
                    jar.write(("Manifest-Version: 1.0\n" + manifest + "\n").getBytes(StandardCharsets.US_ASCII));
                    jar.closeEntry();
                }
                for (var type : classes) {
                    var path = type.getName().replace('.', '/') + ".class";
                    var entry = new JarEntry(path);
                    entry.setTime(0);
                    jar.putNextEntry(entry);
                    try (var in = ActionJar.class.getClassLoader().getResourceAsStream(path)) {
                        in.transferTo(jar);
                    }
                    jar.closeEntry();
                }
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String base64(Class<?>... classes) {
        return Base64.getEncoder().encodeToString(of(classes));
    }
}
