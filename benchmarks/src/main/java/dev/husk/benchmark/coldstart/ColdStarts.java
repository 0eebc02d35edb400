package dev.husk.benchmark.coldstart;

import com.google.gson.JsonObject;
import dev.husk.benchmark.gateway.LoadFailedException;
import dev.husk.local.Installation;
import dev.husk.local.StartFailedException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Measures cold starts and prints the figures; see {@link Plan#USAGE}. Exit code 2 where there are no figures. */
public final class ColdStarts {
    private static final int NO_FIGURES = 2;
    private static final String HELLO = "hello";
    static final String INFER = "infer";

    private final Plan plan;
    private final PrintStream out;
    private final Path folder;

    private ColdStarts(Plan plan, PrintStream out, Path folder) {
        this.plan = plan;
        this.out = out;
        this.folder = folder;
    }

    public static void main(String... arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    static int run(PrintStream out, PrintStream problems, String... arguments) {
        Plan plan;
        try {
            plan = Plan.parse(arguments);
        } catch (IllegalArgumentException e) {
            problems.println(e.getMessage());
            problems.print(Plan.USAGE);
            return NO_FIGURES;
        }
        try {
            var folder = Files.createTempDirectory("husk-cold-start");
            try {
                new ColdStarts(plan, out, folder).measure();
                return 0;
            } finally {
                erase(folder);
            }
        } catch (LoadFailedException | StartFailedException | IOException e) {
            problems.println("no figures: " + e.getMessage());
        } catch (InterruptedException e) {
            problems.println("no figures: interrupted");
        }
        return NO_FIGURES;
    }

    private void measure() throws LoadFailedException, StartFailedException, IOException, InterruptedException {
        var installation = Installation.find();
        var work = work(installation);
        var archives = new HashMap<String, byte[]>();
        var entries = new HashMap<String, String>();
        for (var one : work.values()) {
            archives.put(one.function(), one.archive());
            entries.put(one.function(), one.entry());
        }
        Optional<Confidential> confidential = Optional.empty();
        try {
            if (work.keySet().stream().anyMatch(Subject::attested)) {
                confidential = Optional.of(Confidential.start(archives, entries));
                var first = work.values().iterator().next();
                confidential.get().warm(plan.warmCycles(), first.digest(), first.entry(), first.function());
            }
            measure(installation, work, confidential);
        } finally {
            confidential.ifPresent(Confidential::close);
        }
    }

    private void measure(Installation installation, Map<Subject, Work> work, Optional<Confidential> confidential)
            throws LoadFailedException, StartFailedException, IOException, InterruptedException {
        var starter = plan.image().isPresent()
                ? new Containers(folder, plan.image().get(), gson(installation))
                : processes(installation, work, confidential);
        out.printf(
                "%s, %d cores, load %s; %d rounds%n",
                starter.describe(),
                Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/loadavg")).strip(),
                plan.rounds());
        var measurement = new Measurement(starter, confidential, work);
        for (int round = 0; round < plan.rounds(); round++) {
            measurement.round(round, plan.warmRuns());
        }
        Figures.print(measurement.samples(), out);
        if (plan.json().isPresent()) {
            Files.writeString(plan.json().get(), measurement.samples().json().toString(), StandardCharsets.UTF_8);
        }
    }

    /** What each subject runs; those that are not built are left out, and said. */
    private Map<Subject, Work> work(Installation installation) throws IOException {
        var work = new EnumMap<Subject, Work>(Subject.class);
        var greeting = new JsonObject();
        var hello = new Work(HELLO, Jars.action(HelloAction.class), HelloAction.class.getName(), greeting, "greeting");
        for (var subject : plan.subjects()) {
            if (subject == Subject.TUNED && plan.image().isPresent()) {
                out.printf("case %s is left out: an image has no archive for it%n", subject.letter);
                continue;
            }
            if (subject.program != Subject.Program.ENGINES) {
                work.put(subject, hello);
                continue;
            }
            try {
                installation.djlClassPath();
                installation.pytorch();
                var parameters = new JsonObject();
                parameters.addProperty("model", subject == Subject.ONNX ? Confidential.ONNX_MODEL : Confidential.MODEL);
                parameters.addProperty("rows", SmallModel.row());
                var archive = installation.functions().get(INFER);
                work.put(
                        subject,
                        new Work(
                                INFER,
                                Files.readAllBytes(archive),
                                "dev.husk.infer.InferAction",
                                parameters,
                                "predictions"));
            } catch (StartFailedException e) {
                out.printf("case %s is left out: %s%n", subject.letter, e.getMessage());
            }
        }
        return work;
    }

    private Processes processes(Installation installation, Map<Subject, Work> work, Optional<Confidential> confidential)
            throws LoadFailedException, StartFailedException, IOException, InterruptedException {
        boolean needsEngines = work.keySet().stream().anyMatch(subject -> subject.program == Subject.Program.ENGINES);
        Map<String, String> engines = needsEngines
                ? Map.of(
                        "DJL_OFFLINE", "true",
                        "ORT_DISABLE_TELEMETRY", "1",
                        "OMP_NUM_THREADS", "1",
                        "LANG", "C.UTF-8",
                        "PYTORCH_LIBRARY_PATH", installation.pytorch().toString())
                : Map.of();
        var options = new ArrayList<>(plan.options());
        if (needsEngines) {
            options.add("-Donnxruntime.native.path=" + installation.onnxRuntime());
        }
        var processes = new Processes(folder, plan.jdk(), options, engines);
        var stock = folder.resolve("stock.jar");
        Jars.stock(stock, gson(installation));
        processes.program(Subject.Program.STOCK, List.of(stock));
        processes.program(Subject.Program.PLAIN, installation.runtimeClassPath());
        processes.program(Subject.Program.ATTESTED, installation.runtimeClassPath());
        if (needsEngines) {
            processes.program(Subject.Program.ENGINES, installation.djlClassPath());
        }
        var measurement = new Measurement(processes, confidential, work);
        processes.note(true);
        for (var subject : work.keySet()) {
            if (subject.options == Subject.Options.OURS) {
                measurement.practise(subject);
            }
        }
        processes.note(false);
        processes.archive();
        return processes;
    }

    private static Path gson(Installation installation) throws StartFailedException {
        return installation.runtimeClassPath().stream()
                .filter(jar -> jar.getFileName().toString().startsWith("gson-"))
                .findFirst()
                .orElseThrow();
    }

    private static void erase(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
