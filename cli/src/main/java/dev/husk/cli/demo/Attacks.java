package dev.husk.cli.demo;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The three attacks of the story. Each must be refused, for its own reason, and the refusal must stand in the log. */
final class Attacks {
    private final Shell shell;
    private final Actions actions;
    private final Story story;
    private final Demo.Stage stage;

    Attacks(Shell shell, Actions actions, Story story, Demo.Stage stage) {
        this.shell = shell;
        this.actions = actions;
        this.story = story;
        this.stage = stage;
    }

    void run() throws IOException, DemoFailedException {
        withChangedCode();
        beyondTheGrant();
        afterSuspension();
    }

    private void withChangedCode() throws IOException, DemoFailedException {
        story.step("Attack: the cloud swaps the training code for a changed archive");
        byte[] archive = Files.readAllBytes(stage.archive("train"));
        var changed = stage.folder().resolve("train-changed.jar");
        Files.write(changed, withComment(archive));
        actions.deploy("train", changed, "dev.husk.train.TrainAction");
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

    private void beyondTheGrant() throws DemoFailedException {
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

    private void afterSuspension() throws DemoFailedException {
        story.step("Attack: a run after hospital B has suspended the contract, in a sandbox that held keys before");
        story.command("contract suspend " + DemoContract.NAME + " --as hospital-b");
        story.line(shell.ok("contract", "suspend", DemoContract.NAME, "--as", "hospital-b")
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
        var ran = shell.run(command);
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
        for (var event : shell.array("log", "show", DemoContract.NAME, "--as", "hospital-b", "--json")) {
            if (event.getAsJsonObject().get("event").getAsString().equals("refused")) {
                refusals.add(event.getAsJsonObject());
            }
        }
        return refusals;
    }

    /** The archive with a comment of one letter: other bytes, the same classes. */
    private static byte[] withComment(byte[] archive) {
        byte[] changed = Arrays.copyOf(archive, archive.length + 1);
        changed[archive.length - 2] = 1;
        changed[archive.length] = 'x';
        return changed;
    }
}
