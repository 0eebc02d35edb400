package dev.husk.runtime.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.tools.Diagnostic;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Compiles one source against the JDK and what actions see of the class path, in memory. Nothing of the source runs:
 * there are no annotation processors and no plug-ins, and no file is written.
 */
final class SourceCompiler {
    private static final List<String> OPTIONS = List.of("-proc:none", "-implicit:none", "-nowarn", "-Xmaxerrs", "20");

    private SourceCompiler() {}

    /** The classes by their binary names. The compiler must be there. */
    static Map<String, byte[]> compile(String source) throws SourceErrorsException, IOException {
        var errors = new ArrayList<String>();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = new Memory(compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8))) {
            var task = compiler.getTask(
                    Writer.nullWriter(),
                    files,
                    problem -> note(errors, problem),
                    OPTIONS,
                    null,
                    List.of(new Source(source)));
            task.setLocale(Locale.ROOT);
            if (!compiled(task) && errors.isEmpty()) {
                errors.add("it is nested too deeply, or too large, for the compiler");
            } else if (errors.isEmpty() && files.classes.isEmpty()) {
                errors.add("it declares no class");
            }
            if (!errors.isEmpty()) {
                throw new SourceErrorsException(errors);
            }
            var classes = new HashMap<String, byte[]>();
            files.classes.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
            return classes;
        }
    }

    private static boolean compiled(JavaCompiler.CompilationTask task) {
        try {
            return task.call();
        } catch (RuntimeException | StackOverflowError e) { // how the compiler tells of its own limits and bugs
            return false;
        }
    }

    private static void note(List<String> errors, Diagnostic<? extends JavaFileObject> problem) {
        if (problem.getKind() == Diagnostic.Kind.ERROR) {
            var line = problem.getLineNumber() == Diagnostic.NOPOS ? "" : "line " + problem.getLineNumber() + ": ";
            errors.add(line + problem.getMessage(Locale.ROOT));
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("memory:///action.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        /** A text has no file name that its public class could contradict. */
        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return !simpleName.endsWith("-info");
        }
    }

    /** Reads the class path as far as actions see it, and keeps what is written. */
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

        Memory(JavaFileManager files) {
            super(files);
        }

        @Override
        public Iterable<JavaFileObject> list(
                Location location, String packageName, Set<JavaFileObject.Kind> kinds, boolean recurse)
                throws IOException {
            if (location != StandardLocation.CLASS_PATH) {
                return super.list(location, packageName, kinds, recurse);
            }
            if (!kinds.contains(JavaFileObject.Kind.CLASS)) {
                return List.of();
            }
            var seen = new ArrayList<JavaFileObject>();
            for (var file : super.list(location, packageName, Set.of(JavaFileObject.Kind.CLASS), recurse)) {
                if (ActionLoader.shows(inferBinaryName(location, file))) {
                    seen.add(file);
                }
            }
            return seen;
        }

        /** Where the compiler looks for plug-ins: nowhere but in the JDK. */
        @Override
        public ClassLoader getClassLoader(Location location) {
            return ClassLoader.getPlatformClassLoader();
        }

        @Override
        public boolean isSameFile(FileObject one, FileObject other) {
            return one.toUri().equals(other.toUri());
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) throws IOException {
            if (kind != JavaFileObject.Kind.CLASS) {
                throw new IOException("the compiler writes classes alone");
            }
            return new SimpleJavaFileObject(
                    URI.create("memory:///classes/" + className.replace('.', '/') + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    var bytes = new ByteArrayOutputStream();
                    classes.put(className, bytes);
                    return bytes;
                }
            };
        }

        @Override
        public FileObject getFileForOutput(Location location, String packageName, String name, FileObject sibling)
                throws IOException {
            throw new IOException("the compiler writes classes alone");
        }
    }
}
