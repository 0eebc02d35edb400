package dev.husk.benchmark.coldstart;

import dev.husk.benchmark.gateway.LoadFailedException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Runtimes as bare processes of one JDK. The jars are copies without signatures, as in the image, and the class-data
 * archives are made here by the image's recipe: a list of the classes that a first start loads, then a static dump.
 */
final class Processes implements Starter {
    private static final String RUNTIME = "dev.husk.runtime.Main";

    private final Path folder;
    private final Path jdk;
    private final int release;
    private final List<String> more;
    private final Map<Subject.Program, List<Path>> classPaths = new EnumMap<>(Subject.Program.class);
    private final Map<Subject.Program, Path> archives = new EnumMap<>(Subject.Program.class);
    private final Map<Subject.Program, List<Path>> lists = new EnumMap<>(Subject.Program.class);
    private boolean noting;
    private final Map<String, String> engines;

    /**
     * @param folder for everything that is written
     * @param jdk the home of the JDK that starts them all
     * @param more options of our JVMs, after all others
     * @param engines environment of {@code ENGINES}, and its natives
     */
    Processes(Path folder, Path jdk, List<String> more, Map<String, String> engines)
            throws IOException, LoadFailedException {
        this.folder = folder;
        this.jdk = jdk;
        this.more = List.copyOf(more);
        this.engines = Map.copyOf(engines);
        this.release = release(jdk);
    }

    /** @param jars of the program's class path, its own jar first */
    void program(Subject.Program program, List<Path> jars) throws IOException {
        var lib = Files.createDirectories(folder.resolve("lib"));
        var copies = new ArrayList<Path>();
        for (var jar : jars) {
            var copy = lib.resolve(jar.getFileName());
            if (!Files.exists(copy)) {
                Jars.unsigned(jar, copy);
            }
            copies.add(copy);
        }
        classPaths.put(program, List.copyOf(copies));
    }

    /** While it is on, each start notes the classes that it loads. */
    void note(boolean on) {
        noting = on;
    }

    private Path fresh(Subject subject) {
        var noted = lists.computeIfAbsent(subject.program, program -> new ArrayList<>());
        var list = folder.resolve(subject + "-" + noted.size() + "-" + release + ".classes");
        noted.add(list);
        return list;
    }

    /** Makes the archives from what was noted. */
    void archive() throws IOException, InterruptedException, LoadFailedException {
        for (var subject : Subject.values()) {
            if (subject.options == Subject.Options.OURS && lists.containsKey(subject.program)) {
                archive(subject, lists.remove(subject.program));
            }
        }
    }

    private void archive(Subject subject, List<Path> noted)
            throws IOException, InterruptedException, LoadFailedException {
        // Classes of actions have a loader of their own, whose jar is gone; numbers are those of one start.
        var classes = new TreeSet<String>();
        for (var list : noted) {
            Files.readAllLines(list).stream()
                    .filter(line -> !line.startsWith("#") && !line.contains(" source: "))
                    .map(line -> line.replaceFirst(" id: [0-9]+$", ""))
                    .forEach(classes::add);
        }
        var list = folder.resolve(subject.program + "-" + release + ".classes");
        Files.write(list, classes);
        var archive = folder.resolve(subject.program + "-" + release + ".jsa");
        var command = java(subject);
        command.addAll(List.of("-Xshare:dump", "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + archive));
        command.addAll(List.of("-cp", classPath(subject.program)));
        try (var dump = OwnProcess.start(command, Map.of(), folder)) {
            if (dump.await() != 0 || !Files.exists(archive)) {
                throw new LoadFailedException("no class-data archive: " + dump.printed());
            }
        }
        archives.put(subject.program, archive);
    }

    @Override
    public Started start(Subject subject, List<String> arguments) throws IOException {
        var command = java(subject);
        if (subject.options == Subject.Options.OURS) {
            if (noting) {
                command.add("-XX:DumpLoadedClassList=" + fresh(subject));
            } else if (archives.containsKey(subject.program)) {
                command.addAll(List.of("-XX:SharedArchiveFile=" + archives.get(subject.program), "-Xshare:auto"));
            }
        }
        if (subject.program == Subject.Program.STOCK) {
            command.addAll(List.of("-jar", classPath(subject.program)));
        } else {
            command.addAll(List.of("-cp", classPath(subject.program), RUNTIME));
        }
        command.addAll(arguments);
        return OwnProcess.start(
                command, subject.program == Subject.Program.ENGINES ? engines : Map.of("LANG", "C.UTF-8"), folder);
    }

    private List<String> java(Subject subject) {
        var command = new ArrayList<>(List.of(jdk.resolve("bin/java").toString()));
        if (subject.program == Subject.Program.STOCK) {
            // Upstream's flags that HotSpot knows; without nodelay each warm answer would wait 40 ms.
            command.addAll(List.of("-Dfile.encoding=UTF-8", "-Dsun.net.httpserver.nodelay=true"));
        }
        if (subject.options == Subject.Options.OURS) {
            command.addAll(JvmOptions.of(subject.program, release));
            command.addAll(more);
        }
        return command;
    }

    private String classPath(Subject.Program program) {
        return classPaths.getOrDefault(program, List.of()).stream()
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Override
    public String describe() {
        return "processes on " + jdk + " (Java " + release + ")";
    }

    private static int release(Path jdk) throws IOException, LoadFailedException {
        var file = jdk.resolve("release");
        for (var line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            if (line.startsWith("JAVA_VERSION=\"")) {
                return Runtime.Version.parse(line.substring(14, line.length() - 1))
                        .feature();
            }
        }
        throw new LoadFailedException(jdk + " is no JDK: it has no file release that names a version");
    }
}
