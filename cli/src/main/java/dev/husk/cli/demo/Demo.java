package dev.husk.cli.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The whole story on a platform that runs: two hospitals agree with a lab, upload what only they can read, train a
 * model together, use it, and three attacks fail. Every step is a command that anybody can type.
 */
public final class Demo {
    /** The kind of sandbox that the demo's functions run in. */
    public static final String KIND = "java-husk-djl:default";

    private static final List<String> PARTIES = List.of("hospital-a", "hospital-b", "algo-lab");

    /**
     * What the demo stands on.
     *
     * @param folder where the files of the story go
     * @param functions the archives, by function: {@code train}, {@code infer}, {@code peek}
     * @param simulatedRoot certificate of the simulated hardware
     * @param measurement launch measurement of the sandboxes that the functions run in, hex
     */
    public record Stage(Path folder, Map<String, Path> functions, Path simulatedRoot, String measurement) {

        Path archive(String function) {
            return Objects.requireNonNull(functions.get(function), function);
        }
    }

    private final Shell shell;
    private final Actions actions;
    private final Story story;
    private final Stage stage;

    public Demo(Commands husk, Story story, Stage stage) {
        this.shell = new Shell(husk);
        this.actions = new Actions(shell, story);
        this.story = story;
        this.stage = stage;
    }

    /** Tells the story to its end. */
    public void run() throws IOException, DemoFailedException {
        var keys = makeKeys();
        verifyGateway();
        agree(keys);
        upload();
        deploy();
        train();
        predict();
        new Attacks(shell, actions, story, stage).run();
        verifyLog();
        proveTheModel();
    }

    private Map<String, String> makeKeys() throws DemoFailedException {
        story.step("Three parties make their signing keys, each on its own machine");
        var keys = new LinkedHashMap<String, String>();
        for (var party : PARTIES) {
            keys.put(party, shell.ok("party", "create", party).out().strip());
            story.line("%-10s  %s".formatted(party, keys.get(party)));
        }
        return keys;
    }

    private void verifyGateway() throws DemoFailedException {
        story.step("Nobody hands over a secret before the gateway is verified: evidence, keys and log in one report");
        shell.ok("gateway", "pin", "--simulated-root", stage.simulatedRoot().toString());
        story.command("gateway verify");
        shell.ok("gateway", "verify").out().lines().forEach(line -> {
            if (line.startsWith("SIMULATED")) {
                story.warning(line);
            } else {
                story.line(line);
            }
        });
    }

    private void agree(Map<String, String> keys) throws IOException, DemoFailedException {
        story.step("The lab proposes a contract; each party reads what it means, and signs the same bytes");
        var code = new LinkedHashMap<String, String>();
        for (var function : stage.functions().entrySet()) {
            code.put(function.getKey(), Digests.sha256(Files.readAllBytes(function.getValue())));
        }
        var file = stage.folder().resolve(DemoContract.NAME + ".yaml");
        Files.writeString(file, DemoContract.yaml(keys, code, stage.measurement()));
        story.command("contract propose " + file.getFileName() + " --as algo-lab");
        shell.ok("contract", "propose", file.toString(), "--as", "algo-lab");
        for (var line :
                shell.ok("contract", "explain", file.toString()).out().lines().toList()) {
            if (line.contains("SIMULATED")) {
                story.warning(line);
            } else {
                story.line(line);
            }
        }
        for (var party : PARTIES) {
            story.command("contract accept " + DemoContract.NAME + " --as " + party);
            var lines = shell.ok("contract", "accept", DemoContract.NAME, "--as", party, "--yes")
                    .out()
                    .lines()
                    .toList();
            story.line(lines.get(lines.size() - 1));
        }
    }

    private void upload() throws IOException, DemoFailedException {
        story.step("Each hospital seals its data on its own machine and uploads it; the key goes to the gateway alone");
        var data = HospitalData.bundled(1);
        var uploads = new JsonObject();
        uploads.add("anna-2025", put("hospital-a", "anna-2025", data.hospitalA()));
        uploads.add("berta-2025", put("hospital-b", "berta-2025", data.hospitalB()));
        story.figures().add("uploads", uploads);
    }

    private JsonObject put(String party, String dataset, String csv) throws IOException, DemoFailedException {
        var file = Files.writeString(stage.folder().resolve(dataset + ".csv"), csv);
        story.line("%s has %d patients in %s".formatted(party, csv.lines().count() - 1, file.getFileName()));
        story.command("data put %s %s.csv --contract %s --as %s --show"
                .formatted(dataset, dataset, DemoContract.NAME, party));
        var out = shell.ok(
                        "data",
                        "put",
                        dataset,
                        file.toString(),
                        "--contract",
                        DemoContract.NAME,
                        "--as",
                        party,
                        "--show")
                .out();
        story.line(out);
        var shown = shell.json("data", "show", dataset, "--contract", DemoContract.NAME, "--as", party, "--json");
        Files.delete(file);
        return shown;
    }

    private void deploy() throws DemoFailedException {
        story.step("The lab deploys its functions as ordinary OpenWhisk actions");
        actions.deploy("train", stage.archive("train"), "dev.husk.train.TrainAction");
        actions.deploy("infer", stage.archive("infer"), "dev.husk.infer.InferAction");
        actions.deploy("peek", stage.archive("peek"), "dev.husk.peek.PeekAction");
    }

    private void train() throws DemoFailedException {
        story.step("A cold start: the sandbox is attested, bound to the code, and gets the keys of its grant");
        story.command("invoke train --contract %s --as algo-lab -p datasets=%s -p epochs=40"
                .formatted(DemoContract.NAME, DemoContract.DATASETS));
        long start = System.nanoTime();
        var result = shell.json(
                "invoke",
                "train",
                "--contract",
                DemoContract.NAME,
                "--as",
                "algo-lab",
                "--json",
                "-p",
                "datasets=" + DemoContract.DATASETS,
                "-p",
                "epochs=40");
        long wall = (System.nanoTime() - start) / 1_000_000;
        coldStart("train", wall);

        story.step("The model: what each hospital learns alone, and what both learn together");
        var figures = new JsonObject();
        for (var element : result.getAsJsonArray("datasets")) {
            var dataset = element.getAsJsonObject();
            double alone = dataset.getAsJsonObject("alone").get("accuracy").getAsDouble();
            story.line("%-10s  %4d patients   alone    %5.1f %% of all held-out patients right"
                    .formatted(
                            dataset.get("name").getAsString(),
                            dataset.get("rows").getAsInt(),
                            100 * alone));
            figures.addProperty(dataset.get("name").getAsString(), alone);
        }
        var pooled = result.getAsJsonObject("pooled");
        double together = pooled.get("accuracy").getAsDouble();
        story.line("%-10s  %4d patients   together %5.1f %% right, AUC %.3f"
                .formatted(
                        "both",
                        pooled.get("rows").getAsInt(),
                        100 * together,
                        pooled.get("auc").getAsDouble()));
        figures.addProperty("together", together);
        story.figures().add("accuracy", figures);
        story.line("Neither hospital saw the other's rows, the lab saw neither, and the store holds ciphertext only.");
    }

    /** The line in which the runtime says where the time went, from the activation's log. */
    private void coldStart(String action, long wall) throws DemoFailedException {
        var timings = new JsonObject();
        for (var line : shell.ok("action", "logs", action).out().lines().toList()) {
            int at = line.indexOf("HUSK timing ");
            if (at >= 0) {
                timings = Shell.parse(line.substring(at + "HUSK timing ".length()));
            }
            if (line.contains("HUSK SIMULATED")) {
                story.warning(line.substring(line.indexOf("HUSK SIMULATED") + 5));
            }
        }
        var steps = new ArrayList<String>();
        for (var step : timings.keySet()) {
            steps.add("%s %.0f".formatted(step, timings.get(step).getAsDouble()));
        }
        story.line("milliseconds: " + String.join(", ", steps));
        story.line("from the call to its answer, process start included: %,d ms".formatted(wall));
        timings.addProperty("wall", wall);
        story.figures().add("coldStart", timings);
    }

    private void predict() throws IOException, DemoFailedException {
        story.step(
                "Hospital A asks about patients that nobody trained on; OpenWhisk carries the request and cannot read it");
        var data = HospitalData.bundled(1);
        var file = stage.folder().resolve("patients.json");
        var parameters = new JsonObject();
        parameters.addProperty("rows", data.rows());
        Files.writeString(file, parameters.toString());
        story.command(
                "invoke infer --contract %s --as hospital-a -P patients.json --show".formatted(DemoContract.NAME));
        var ran = shell.ok(
                "invoke",
                "infer",
                "--contract",
                DemoContract.NAME,
                "--as",
                "hospital-a",
                "--json",
                "--show",
                "-P",
                file.toString());
        var predictions = Shell.parse(ran.out()).getAsJsonArray("predictions");
        int right = 0;
        for (int i = 0; i < predictions.size(); i++) {
            var prediction = predictions.get(i).getAsJsonObject();
            boolean malignant = prediction.get("label").getAsInt() == 1;
            boolean truth = data.patients().get(i).malignant();
            right += malignant == truth ? 1 : 0;
            story.line("patient %d  %5.1f %% malignant  -> %-9s  (diagnosis: %s)"
                    .formatted(
                            i + 1,
                            100 * prediction.get("probability").getAsDouble(),
                            malignant ? "malignant" : "benign",
                            truth ? "malignant" : "benign"));
        }
        story.line(ran.err());
        story.figures().addProperty("openWhiskSaw", ran.err());
        story.figures().addProperty("predictions", predictions.size());
        story.figures().addProperty("predictionsRight", right);
    }

    private void verifyLog() throws DemoFailedException {
        story.step(
                "Hospital B checks the log: every event of its contract, complete, in order, in a tree that only grew");
        story.command("log verify " + DemoContract.NAME + " --as hospital-b");
        story.line(shell.ok("log", "verify", DemoContract.NAME, "--as", "hospital-b")
                .out());
        var verified = shell.json("log", "verify", DemoContract.NAME, "--as", "hospital-b", "--json");
        var figures = new JsonObject();
        figures.add("verified", verified.get("verified"));
        figures.add("size", verified.get("size"));
        var names = new JsonArray();
        verified.getAsJsonArray("events")
                .forEach(event -> names.add(event.getAsJsonObject()
                        .getAsJsonObject("event")
                        .get("event")
                        .getAsString()));
        figures.add("events", names);
        story.figures().add("log", figures);
    }

    private void proveTheModel() throws DemoFailedException {
        story.step("Hospital B proves, offline, from which code and data and under which contract the model came");
        var sealed = stage.folder().resolve("risk-model.sealed").toString();
        var proof = stage.folder().resolve("proof.json").toString();
        shell.ok("result", "fetch", "risk-model", "--contract", DemoContract.NAME, "--as", "hospital-b", "-o", sealed);
        shell.ok("result", "proof", "risk-model", "--contract", DemoContract.NAME, "--as", "hospital-b", "-o", proof);
        story.command("result verify risk-model.sealed --proof proof.json --as hospital-b");
        story.line(shell.ok("result", "verify", sealed, "--proof", proof, "--as", "hospital-b")
                .out());
        var proven = shell.json("result", "verify", sealed, "--proof", proof, "--as", "hospital-b", "--json");
        story.figures().add("proof", proven);
    }
}
