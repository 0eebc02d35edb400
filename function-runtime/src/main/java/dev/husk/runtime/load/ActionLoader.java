package dev.husk.runtime.load;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Manifest;

/**
 * The class loader of one action. It sees the JDK, Gson, {@code dev.husk.function} and the libraries of the action's
 * kind first, then its own jar; the runtime's classes and the libraries they use are hidden, so that an archive may
 * bring its own versions of them.
 */
public final class ActionLoader extends URLClassLoader {
    private static final List<String> HIDDEN = List.of(
            "dev.husk.", "com.google.crypto.tink.", "com.google.protobuf.", "org.bouncycastle.", "com.sun.jna.");
    private static final List<String> SHOWN = List.of("dev.husk.function.", "dev.husk.store.TamperedObjectException");

    ActionLoader(Path jar, ClassLoader runtime) throws MalformedURLException {
        super("action", new URL[] {jar.toUri().toURL()}, new VisibleClasses(runtime));
    }

    /**
     * Whether the manifest of the action's jar says {@code Husk-Thread-Safe: true}.
     *
     * @throws IOException if there is a manifest that cannot be read
     */
    public boolean declaredThreadSafe() throws IOException {
        var manifest = findResource("META-INF/MANIFEST.MF");
        if (manifest == null) {
            return false;
        }
        var connection = manifest.openConnection();
        connection.setUseCaches(false);
        try (var in = connection.getInputStream()) {
            return "true".equals(new Manifest(in).getMainAttributes().getValue("Husk-Thread-Safe"));
        }
    }

    /** Whether an action sees the runtime's class of that name. */
    static boolean shows(String name) {
        return HIDDEN.stream().noneMatch(name::startsWith) || SHOWN.stream().anyMatch(name::startsWith);
    }

    private static final class VisibleClasses extends ClassLoader {
        static {
            registerAsParallelCapable();
        }

        VisibleClasses(ClassLoader runtime) {
            super("visible", runtime);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!shows(name)) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
