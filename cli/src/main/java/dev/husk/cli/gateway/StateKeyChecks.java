package dev.husk.cli.gateway;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a gateway's state key comes from, and which machines get it: whoever has it reads every secret that the gateway
 * was given. Judged by {@code stateKey} of its evidence: {@code {"sources":[..],"peers":[platform,..]}}
 * (docs/decisions/0017-whose-the-state-key-is.md).
 */
final class StateKeyChecks {
    private static final Map<String, String> SOURCES = Map.of(
            "snp", "sealed by the processor for this software (snp)",
            "peer", "from another gateway that proved what it is (peer)",
            "file", "in a FILE, which whoever runs the gateway can read (file)",
            "unknown", "from nobody knows where: a gateway that did not say has run on this database (unknown)");

    private static final Set<String> PROTECTED = Set.of("snp", "peer");

    private final Set<String> sources;
    private final List<JsonObject> peers;

    private StateKeyChecks(Set<String> sources, List<JsonObject> peers) {
        this.sources = sources;
        this.peers = peers;
    }

    /** @throws IllegalArgumentException if it is no such answer */
    static StateKeyChecks parse(JsonElement stateKey) {
        if (!(stateKey instanceof JsonObject object)
                || !(object.get("sources") instanceof JsonArray texts)
                || !(object.get("peers") instanceof JsonArray platforms)
                || texts.isEmpty()) {
            throw new IllegalArgumentException("the member 'stateKey' does not say where the state key is from");
        }
        var sources = new TreeSet<String>();
        for (var text : texts) {
            if (!(text instanceof JsonPrimitive)) {
                throw new IllegalArgumentException("a source of the state key is no text");
            }
            sources.add(text.getAsString());
        }
        var peers = new ArrayList<JsonObject>();
        for (var one : platforms) {
            try {
                peers.add(Platform.parse(one).json());
            } catch (InvalidContractException e) {
                throw new IllegalArgumentException(
                        "what its peers must be is no platform: " + String.join("; ", e.problems()));
            }
        }
        return new StateKeyChecks(sources, peers);
    }

    /**
     * Looks at what is wrong whatever was seen before.
     *
     * @param simulated whether the evidence is: then a file protects no less than the machine does
     */
    void judge(ReferenceValues values, boolean simulated, List<Check> checks) {
        var words =
                String.join("; ", sources.stream().map(StateKeyChecks::words).toList());
        checks.add(
                PROTECTED.containsAll(sources) || simulated && SOURCES.keySet().containsAll(sources)
                        ? Check.passed("state key", words)
                        : Check.failed("state key", words + ". A gateway on genuine hardware must not do that"));
        for (var peer : peers) {
            var problems = values.laxer(peer);
            checks.add(
                    problems.isEmpty()
                            ? Check.passed("peers", "its state key goes to machines that you accept: " + shown(peer))
                            : Check.failed(
                                    "peers",
                                    "its state key goes to machines that you did not pin (%s): %s. If they may have every secret, pin it again with --peers"
                                            .formatted(String.join(", ", problems), shown(peer))));
        }
        if (peers.isEmpty()) {
            checks.add(Check.passed("peers", "no other machine gets its state key"));
        }
    }

    /** Looks for what is there now and was not when the gateway was verified before. */
    void compare(StateKeyChecks pinned, List<Check> checks) {
        var fresh = new TreeSet<>(sources);
        fresh.removeAll(pinned.sources);
        // A replica more: who that may be is said by the peers.
        fresh.remove("peer");
        for (var source : fresh) {
            checks.add(Check.failed("state key", "CHANGED since it was pinned: it is now also " + words(source)));
        }
        for (var peer : peers) {
            if (pinned.peers.stream().noneMatch(known -> canonical(known).equals(canonical(peer)))) {
                checks.add(Check.failed(
                        "peers",
                        "CHANGED since it was pinned: its state key now also goes to " + shown(peer)
                                + ". If that is right, pin the gateway again: husk gateway pin"));
            }
        }
    }

    private static String words(String source) {
        return Optional.ofNullable(SOURCES.get(source)).orElse("from an unknown source '" + source + "'");
    }

    private static String shown(JsonObject platform) {
        return "%s, launched software %s, host data %s"
                .formatted(
                        platform.get("tee").getAsString(), list(platform, "measurements"), list(platform, "hostData"));
    }

    private static String list(JsonObject platform, String member) {
        return platform.get(member) instanceof JsonPrimitive ? "any" : String.valueOf(platform.get(member));
    }

    private static String canonical(JsonObject platform) {
        var unnamed = platform.deepCopy();
        unnamed.remove("name");
        return new String(CanonicalJson.encode(unnamed), StandardCharsets.UTF_8);
    }
}
