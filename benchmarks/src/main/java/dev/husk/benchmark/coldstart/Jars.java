package dev.husk.benchmark.coldstart;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Writes the jars that are started and sent. */
final class Jars {
    private Jars() {}

    /** A jar of one action's class, as a person would deploy it. */
    static byte[] action(Class<?> action) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes, new Manifest())) {
            add(jar, action);
        }
        return bytes.toByteArray();
    }

    /** The baseline with Gson in one jar, as upstream's is one. */
    static void stock(Path file, Path gson) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StockProxy.class.getName());
        try (var jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            add(jar, StockProxy.class);
            for (var nested : StockProxy.class.getDeclaredClasses()) {
                add(jar, nested);
            }
            copy(gson, jar, new HashSet<>(Set.of(JarFile.MANIFEST_NAME)));
        }
    }

    /** Copies a jar without the signatures in it: classes of signed jars stay out of class-data archives. */
    static void unsigned(Path from, Path to) throws IOException {
        try (var jar = new JarOutputStream(Files.newOutputStream(to))) {
            copy(from, jar, new HashSet<>());
        }
    }

    private static void copy(Path from, JarOutputStream to, Set<String> seen) throws IOException {
        try (var jar = new JarFile(from.toFile())) {
            for (var entry : java.util.Collections.list(jar.entries())) {
                if (!isSignature(entry.getName()) && seen.add(entry.getName())) {
                    to.putNextEntry(new JarEntry(entry.getName()));
                    try (InputStream in = jar.getInputStream(entry)) {
                        in.transferTo(to);
                    }
                    to.closeEntry();
                }
            }
        }
    }

    static boolean isSignature(String name) {
        return name.toUpperCase(Locale.ROOT).matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)");
    }

    private static void add(JarOutputStream jar, Class<?> type) throws IOException {
        var name = type.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(name));
        try (var in = Objects.requireNonNull(Jars.class.getClassLoader().getResourceAsStream(name), name)) {
            in.transferTo(jar);
        }
        jar.closeEntry();
    }
}
