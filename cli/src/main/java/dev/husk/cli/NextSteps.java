package dev.husk.cli;

import dev.husk.protocol.json.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What to type once a local platform runs, from making keys to a trained model, ready to be copied.
 *
 * @param installation the folder with the command itself
 * @param home {@code HUSK_HOME} where it was set, since another terminal needs it as well
 * @param functions the archives that come with Husk, by function
 */
record NextSteps(Path installation, Optional<Path> home, Path simulatedRoot, Map<String, Path> functions) {

    /** @param measurements launch measurements by kind of sandbox */
    List<String> lines(String whiskUrl, Map<String, String> measurements) throws IOException {
        var lines = new ArrayList<String>();
        lines.add("In another terminal, type next:");
        lines.add("  export PATH=" + quoted(installation) + ":$PATH"
                + home.map(folder -> " HUSK_HOME=" + quoted(folder.toAbsolutePath()))
                        .orElse(""));
        lines.add("  husk party create hospital-a      (and hospital-b, and algo-lab; each prints its public key)");
        lines.add("  husk gateway pin --simulated-root " + quoted(simulatedRoot));
        lines.add("  husk gateway verify");
        lines.add("  cp " + quoted(installation.resolve("docs/examples/heart-risk.yaml"))
                + " .      (put in the parties' keys and the code below)");
        lines.add("  husk contract propose heart-risk.yaml --as algo-lab");
        lines.add("  husk contract accept heart-risk --as hospital-a      (and the others)");
        lines.add("  husk data put anna-2025 FILE.csv --contract heart-risk --as hospital-a      (and berta-2025)");
        lines.add("  husk action deploy train " + quoted(functions.getOrDefault("train", Path.of("train.jar")))
                + " --contract heart-risk --main dev.husk.train.TrainAction --kind java-husk-djl:default");
        lines.add("  husk invoke train --contract heart-risk --as algo-lab -p datasets=anna-2025,berta-2025");
        lines.add("  wsk property set --apihost " + whiskUrl + " --auth \"$(husk action auth)\"");
        lines.add("");
        lines.add("For a contract:");
        for (var function : new TreeMap<>(functions).entrySet()) {
            lines.add("  code of %-7s %s".formatted(function.getKey(), digest(function.getValue())));
        }
        new TreeMap<>(measurements)
                .forEach(
                        (kind, measured) -> lines.add("  launch measurement of %s:%n    %s".formatted(kind, measured)));
        return lines;
    }

    private static String digest(Path archive) throws IOException {
        return Digests.sha256(Files.readAllBytes(archive));
    }

    /** As a word of a shell. */
    private static String quoted(Path path) {
        var text = path.toString();
        return text.matches("[\\w/.,:@%+=-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
