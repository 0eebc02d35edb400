package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.cli.gateway.Check;
import dev.husk.cli.gateway.GatewayJudge;
import dev.husk.cli.gateway.GatewayJudgement;
import dev.husk.cli.gateway.KnownGateway;
import dev.husk.cli.gateway.RecoveringGateway;
import dev.husk.cli.gateway.VerifiedGateway;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.TileTree;
import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import dev.husk.snp.Revocation;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Verifies the gateway before it gets a secret: evidence for a fresh nonce against the pin, and the log against what
 * was seen of it before. AMD's intermediates ({@code *.der}) and revocation lists ({@code Genoa.crl}, DER) stand in
 * {@code HUSK_HOME/amd}.
 */
final class GatewayVerification {
    private final Settings settings;
    private final GatewayClient gateway;

    GatewayVerification(Settings settings, GatewayClient gateway) {
        this.settings = settings;
        this.gateway = gateway;
    }

    /** The gateway, or a refusal that names every failed check. */
    VerifiedGateway require() throws CommandFailed, IOException {
        var judgement = judge();
        if (judgement.gateway().isPresent()) {
            return judgement.gateway().get();
        }
        throw CommandFailed.refused("the gateway failed its verification, nothing was sent to it:"
                + judgement.failures().stream()
                        .map(check -> "\n  - " + check.name() + ": " + check.detail())
                        .collect(Collectors.joining()));
    }

    /** Runs every check; where all pass, remembers the gateway's keys and the checkpoint. */
    GatewayJudgement judge() throws CommandFailed, IOException {
        var pin = GatewayPin.require(settings);
        var nonce = Base64Url.random(32);
        var request = new JsonObject();
        request.addProperty("nonce", nonce);
        var asked = gateway.ask("v1/gateway/evidence", request);
        if (!(asked.json() instanceof JsonObject answer)) {
            throw CommandFailed.unreachable("the gateway's evidence is not an object");
        }
        var judgement = judge(pin).judge(nonce, answer, asked.certificate());
        if (judgement.gateway().isEmpty()) {
            return judgement;
        }
        var verified = judgement.gateway().get();
        var remembered = RememberedLog.of(settings, verified.keys().log());
        judgement = judgement.and(grew(remembered, verified.checkpoint()));
        if (judgement.gateway().isPresent()) {
            settings.pin(pin.with(new KnownGateway(verified.keys(), verified.recovery(), verified.stateKey()))
                    .json());
            remembered.saveCheckpoint(verified.checkpoint());
        }
        return judgement;
    }

    private GatewayJudge judge(GatewayPin pin) throws IOException {
        return new GatewayJudge(pin.values(), pin.known(), revocation(pin), certificates(), Clock.systemUTC());
    }

    /**
     * A gateway that has lost its state key, or a refusal that names every failed check. Its log and its keys are those
     * of the one before, and cannot be looked at yet.
     */
    RecoveringGateway requireRecovering() throws CommandFailed, IOException {
        var pin = GatewayPin.require(settings);
        var nonce = Base64Url.random(32);
        var request = new JsonObject();
        request.addProperty("nonce", nonce);
        if (!(gateway.ask("v1/gateway/recovery/evidence", request).json() instanceof JsonObject answer)) {
            throw CommandFailed.unreachable("the gateway's evidence is not an object");
        }
        var checks = new ArrayList<Check>();
        return judge(pin)
                .judgeRecovering(nonce, answer, checks)
                .orElseThrow(() -> CommandFailed.refused("the gateway failed its verification, no share was sent to it:"
                        + checks.stream()
                                .filter(check -> !check.passed())
                                .map(check -> "\n  - " + check.name() + ": " + check.detail())
                                .collect(Collectors.joining())));
    }

    private Check grew(RememberedLog remembered, Checkpoint now) throws CommandFailed, IOException {
        var before = remembered.checkpoint();
        if (before.isEmpty() || before.get().size() == 0) {
            return new Check("log growth", true, "seen for the first time, at size %d".formatted(now.size()));
        }
        var old = before.get();
        if (now.size() < old.size()) {
            return new Check(
                    "log growth",
                    false,
                    "the log SHRANK from %d to %d entries: history was taken back".formatted(old.size(), now.size()));
        }
        try {
            // The tiles make the root of now, and that of then comes from them.
            byte[] then = now.size() == old.size()
                    ? now.root()
                    : TileTree.open(now.size(), now.root(), new LogFiles(gateway))
                            .root(old.size());
            return MessageDigest.isEqual(then, old.root())
                    ? new Check("log growth", true, "grew from %d to %d entries".formatted(old.size(), now.size()))
                    : new Check(
                            "log growth",
                            false,
                            "the log was REWRITTEN: its %d entries do not continue the %d that were seen before"
                                    .formatted(now.size(), old.size()));
        } catch (MalformedLogException e) {
            return new Check("log growth", false, "the log's tiles are not those of its checkpoint: " + e.getMessage());
        }
    }

    private Revocation revocation(GatewayPin pin) throws IOException {
        if (pin.values().platform().simulated()) {
            return Revocation.lists(Map.of());
        }
        var lists = new EnumMap<Product, Bytes>(Product.class);
        for (var product : Product.values()) {
            var file = amd().resolve(product.label() + ".crl");
            if (Files.exists(file)) {
                lists.put(product, Bytes.copyOf(Files.readAllBytes(file)));
            }
        }
        return Revocation.lists(lists);
    }

    private List<Bytes> certificates() throws IOException {
        if (!Files.isDirectory(amd())) {
            return List.of();
        }
        var found = new ArrayList<Bytes>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(amd(), "*.der")) {
            for (var file : files) {
                found.add(Bytes.copyOf(Files.readAllBytes(file)));
            }
        }
        return found;
    }

    private Path amd() {
        return settings.folder().resolve("amd");
    }

    /** The checks for a script. */
    static JsonArray json(List<Check> checks) {
        var all = new JsonArray();
        for (var check : checks) {
            var one = new JsonObject();
            one.addProperty("check", check.name());
            one.addProperty("passed", check.passed());
            one.addProperty("detail", check.detail());
            all.add(one);
        }
        return all;
    }
}
