package dev.husk.cli.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The whole story on a platform that runs: two hospitals agree with a lab, upload what only they can read, train a
 * model together, use it, and three attacks fail. Every step is a command that anybody can type.
 */
public final class Demo {
    private static final List<String> PARTIES = List.of("hospital-a", "hospital-b", "algo-lab");
    private static final String DJL = "java-husk-djl:default";
    private static final int MAX_ANSWER = 16 << 20;

    /**
     * What the demo stands on.
     *
     * @param folder where the files of the story go
     * @param functions the archives, by function: {@code train}, {@code infer}, {@code peek}
     * @param simulatedRoot certificate of the simulated hardware
     * @param measurement launch measurement of the sandboxes that the functions run in, hex
     */
    public record Stage(Path folder, Map<String, Path> functions, Path simulatedRoot, String measurement) {}

    private final Commands husk;
    private final Story story;
    private final Stage stage;

    public Demo(Commands husk, Story story, Stage stage) {
        this.husk = husk;
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
        attackWithChangedCode();
        attackBeyondTheGrant();
        attackAfterSuspension();
        verifyLog();
    }

    private Map<String, String> makeKeys() throws DemoFailedException {
        story.step("Three parties make their signing keys, each on its own machine");
        var keys = new LinkedHashMap<String, String>();
        for (var party : PARTIES) {
            keys.put(party, ok("party", "create", party).out().strip());
            story.line("%-10s  %s".formatted(party, keys.get(party)));
        }
        return keys;
    }

    private void verifyGateway() throws DemoFailedException {
        story.step("Nobody hands over a secret before the gateway is verified: evidence, keys and log in one report");
        ok("gateway", "pin", "--simulated-root", stage.simulatedRoot().toString());
        story.command("gateway verify");
        ok("gateway", "verify").out().lines().forEach(line -> {
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
        ok("contract", "propose", file.toString(), "--as", "algo-lab");
        for (var line : ok("contract", "explain", file.toString()).out().lines().toList()) {
            if (line.contains("SIMULATED")) {
                story.warning(line);
            } else {
                story.line(line);
            }
        }
        for (var party : PARTIES) {
            story.command("contract accept " + DemoContract.NAME + " --as " + party);
            var lines = ok("contract", "accept", DemoContract.NAME, "--as", party, "--yes")
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
        var out = ok("data", "put", dataset, file.toString(), "--contract", DemoContract.NAME, "--as", party, "--show")
                .out();
        story.line(out);
        var shown = json("data", "show", dataset, "--contract", DemoContract.NAME, "--as", party, "--json");
        Files.delete(file);
        return shown;
    }

    private void deploy() throws DemoFailedException {
        story.step("The lab deploys its functions as ordinary OpenWhisk actions");
        deploy("train", stage.functions().get("train"), "train", "dev.husk.train.TrainAction", DJL);
        deploy("infer", stage.functions().get("infer"), "infer", "dev.husk.infer.InferAction", DJL);
        deploy("peek", stage.functions().get("peek"), "peek", "dev.husk.peek.PeekAction", DJL);
    }

    private void deploy(String action, Path archive, String function, String main, String kind)
            throws DemoFailedException {
        story.command("action deploy %s %s --function %s --main %s --kind %s"
                .formatted(action, archive.getFileName(), function, main, kind));
        var out = ok(
                        "action",
                        "deploy",
                        action,
                        archive.toString(),
                        "--contract",
                        DemoContract.NAME,
                        "--function",
                        function,
                        "--main",
                        main,
                        "--kind",
                        kind)
                .out();
        story.line(out.lines().reduce((first, last) -> last).orElse(""));
    }

    private void train() throws DemoFailedException {
        story.step("A cold start: the sandbox is attested, bound to the code, and gets the keys of its grant");
        story.command("invoke train --contract %s --as algo-lab -p datasets=%s -p epochs=40"
                .formatted(DemoContract.NAME, DemoContract.DATASETS));
        long start = System.nanoTime();
        var result = json(
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
        for (var line : ok("action", "logs", action).out().lines().toList()) {
            int at = line.indexOf("HUSK timing ");
            if (at >= 0) {
                timings = parse(line.substring(at + "HUSK timing ".length()));
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
        var ran = ok(
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
        var predictions = parse(ran.out()).getAsJsonArray("predictions");
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

    private void attackWithChangedCode() throws IOException, DemoFailedException {
        story.step("Attack: the cloud swaps the training code for a changed archive");
        byte[] archive = Files.readAllBytes(stage.functions().get("train"));
        // One bit of the archive's last byte, which is its comment's length: still an archive, not the same one.
        var changed = stage.folder().resolve("train-changed.jar");
        Files.write(changed, withComment(archive));
        deploy("train", changed, "train", "dev.husk.train.TrainAction", DJL);
        refused(
                "changedCode",
                "CODE_MISMATCH",
                "invoke",
                "train",
                "--contract",
                DemoContract.NAME,
                "--as",
                "algo-lab",
                "-p",
                "datasets=" + DemoContract.DATASETS,
                "-p",
                "epochs=40");
    }

    private void attackBeyondTheGrant() throws DemoFailedException {
        story.step("Attack: a function of the contract asks for a dataset that its grant does not name");
        refused(
                "beyondGrant",
                "NOT_IN_GRANT",
                "invoke",
                "peek",
                "--contract",
                DemoContract.NAME,
                "--as",
                "algo-lab",
                "-p",
                "dataset=berta-2025");
    }

    private void attackAfterSuspension() throws DemoFailedException {
        story.step("Attack: a run after hospital B has suspended the contract, in a sandbox that held keys before");
        story.command("contract suspend " + DemoContract.NAME + " --as hospital-b");
        story.line(ok("contract", "suspend", DemoContract.NAME, "--as", "hospital-b")
                .out());
        refused(
                "afterSuspension",
                "CONTRACT_NOT_ACTIVE",
                "invoke",
                "infer",
                "--contract",
                DemoContract.NAME,
                "--as",
                "hospital-a",
                "-P",
                stage.folder().resolve("patients.json").toString());
    }

    /** Runs a command that must be refused, and shows the refusal as it stands in the log. */
    private void refused(String figure, String code, String... command) throws DemoFailedException {
        story.command(String.join(" ", command).replace(stage.folder() + "/", ""));
        int before = refusals().size();
        var ran = husk.run(command);
        if (ran.exitCode() != 1) {
            throw new DemoFailedException("this should have been refused, and ended with %d: %s%n%s%s"
                    .formatted(ran.exitCode(), String.join(" ", command), ran.out(), ran.err()));
        }
        story.refusal(ran.err().strip());
        var now = refusals();
        if (now.size() != before + 1) {
            throw new DemoFailedException("the refusal does not stand in the log: " + String.join(" ", command));
        }
        var refusal = now.get(now.size() - 1);
        if (!refusal.toString().contains(code)) {
            throw new DemoFailedException("the log gives another reason than " + code + ": " + refusal);
        }
        story.line("in the log: " + refusal.get("event").getAsString() + " "
                + refusal.get("what").getAsString() + " at "
                + refusal.get("time").getAsString());
        for (var reason : refusal.getAsJsonArray("reasons")) {
            var one = reason.getAsJsonObject();
            story.line("  " + one.get("code").getAsString() + ": "
                    + one.get("detail").getAsString());
        }
        var attacks = story.figures().has("refusals") ? story.figures().getAsJsonObject("refusals") : new JsonObject();
        attacks.add(figure, refusal);
        story.figures().add("refusals", attacks);
    }

    private List<JsonObject> refusals() throws DemoFailedException {
        var refusals = new ArrayList<JsonObject>();
        var out = ok("log", "show", DemoContract.NAME, "--as", "hospital-b", "--json")
                .out();
        for (var event : array(out)) {
            if (event.getAsJsonObject().get("event").getAsString().equals("refused")) {
                refusals.add(event.getAsJsonObject());
            }
        }
        return refusals;
    }

    private void verifyLog() throws DemoFailedException {
        story.step(
                "Hospital B checks the log: every event of its contract, complete, in order, in a tree that only grew");
        story.command("log verify " + DemoContract.NAME + " --as hospital-b");
        story.line(ok("log", "verify", DemoContract.NAME, "--as", "hospital-b").out());
        var verified = json("log", "verify", DemoContract.NAME, "--as", "hospital-b", "--json");
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

    /** The archive with a comment of one letter: other bytes, the same classes. */
    private static byte[] withComment(byte[] archive) {
        byte[] changed = java.util.Arrays.copyOf(archive, archive.length + 1);
        changed[archive.length - 2] = 1;
        changed[archive.length] = 'x';
        return changed;
    }

    private Commands.Ran ok(String... command) throws DemoFailedException {
        var ran = husk.run(command);
        if (ran.exitCode() != 0) {
            throw new DemoFailedException("husk %s ended with %d: %s"
                    .formatted(
                            String.join(" ", command).toLowerCase(Locale.ROOT),
                            ran.exitCode(),
                            ran.err().strip()));
        }
        return ran;
    }

    private JsonObject json(String... command) throws DemoFailedException {
        return parse(ok(command).out());
    }

    private static JsonObject parse(String text) throws DemoFailedException {
        try {
            return Json.parse(text.getBytes(StandardCharsets.UTF_8), MAX_ANSWER).getAsJsonObject();
        } catch (MalformedJsonException | IllegalStateException e) {
            throw new DemoFailedException("not a JSON object: " + e.getMessage());
        }
    }

    private static JsonArray array(String text) throws DemoFailedException {
        try {
            return Json.parse(text.getBytes(StandardCharsets.UTF_8), MAX_ANSWER).getAsJsonArray();
        } catch (MalformedJsonException | IllegalStateException e) {
            throw new DemoFailedException("not a JSON array: " + e.getMessage());
        }
    }
}
