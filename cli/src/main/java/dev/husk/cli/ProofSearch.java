package dev.husk.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.cli.log.AuditedEvent;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.TileTree;
import dev.husk.protocol.run.LoggedEvent;
import dev.husk.protocol.run.MalformedRunException;
import dev.husk.protocol.run.ResultProof;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the run that wrote a result in a contract's verified events, and makes the proof of it from the log's tiles. */
final class ProofSearch {
    private final LogReader reader;

    ProofSearch(LogReader reader) {
        this.reader = reader;
    }

    /** The proof of the newest run that wrote the result. */
    ResultProof find(HeldContract held, String party, String result) throws CommandFailed, IOException {
        var audited = reader.audit(held, party, List.of());
        if (!audited.passed()) {
            throw CommandFailed.refused("the log of %s does not hold together, so it proves nothing:%s"
                    .formatted(
                            held.contract().name(),
                            audited.findings().stream()
                                    .map(finding -> "\n  - " + finding)
                                    .collect(Collectors.joining())));
        }
        var events = audited.events();
        var checkpoint = reader.cosigned(reader.memory().witnesses());
        for (int i = events.size() - 1; i >= 0; i--) {
            var event = events.get(i);
            if (is(event.event(), "event", "run")) {
                var proof = proof(event, events, checkpoint);
                if (proof.statement().results().stream()
                        .anyMatch(written -> written.name().equals(result))) {
                    return proof;
                }
            }
        }
        throw CommandFailed.refused("no run that stands in the log of %s wrote %s"
                .formatted(held.contract().name(), result));
    }

    private ResultProof proof(AuditedEvent run, List<AuditedEvent> events, Checkpoint checkpoint)
            throws CommandFailed, IOException {
        var binding = events.stream()
                .filter(event -> is(event.event(), "event", "sandbox-bound"))
                .filter(event -> run.event().get("sandbox") instanceof JsonPrimitive sandbox
                        && is(event.event(), "sandbox", sandbox.getAsString()))
                .findFirst()
                .orElseThrow(() -> CommandFailed.refused("the log does not tell of the binding of the run's sandbox"));
        try {
            var tree = TileTree.open(checkpoint.size(), checkpoint.root(), reader.files());
            var proof = ResultProof.of(logged(run, tree, checkpoint), logged(binding, tree, checkpoint));
            if (!proof.run().isIn(reader.key()) || !proof.binding().isIn(reader.key())) {
                throw CommandFailed.refused("the gateway's tiles do not prove the run: its log does not hold together");
            }
            return proof;
        } catch (MalformedLogException e) {
            throw CommandFailed.refused("the gateway's tiles do not make its checkpoint: " + e.getMessage());
        } catch (MalformedRunException e) {
            throw CommandFailed.refused("the log tells of a run in another form: " + e.getMessage());
        }
    }

    private static LoggedEvent logged(AuditedEvent event, TileTree<CommandFailed> tree, Checkpoint checkpoint)
            throws CommandFailed, MalformedLogException {
        if (event.index() >= checkpoint.size()) {
            throw CommandFailed.refused("the newest checkpoint does not count the run yet: ask again");
        }
        var shown = event.shown();
        var receipt = new Receipt(
                Leaf.parse(shown.leaf().getBytes(StandardCharsets.UTF_8)),
                event.index(),
                tree.inclusion(event.index(), checkpoint.size()),
                checkpoint);
        return new LoggedEvent(receipt, new Opening(shown.salt(), shown.event()));
    }

    private static boolean is(JsonObject event, String member, String text) {
        return event.get(member) instanceof JsonPrimitive value
                && value.getAsString().equals(text);
    }
}
