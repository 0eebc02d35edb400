package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.cli.log.AuditResult;
import dev.husk.cli.log.Finding;
import dev.husk.cli.log.LogAudit;
import dev.husk.cli.log.LogHeads;
import dev.husk.cli.log.LogHeads.KnownHead;
import dev.husk.cli.log.SeenChain;
import dev.husk.cli.log.ShownEvent;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads the gateway's log as a party does, and remembers what was seen of it. */
final class LogReader {
    /** Witnesses are asked once a checkpoint is signed, so their cosignatures come a little later. */
    private static final int COSIGNATURE_TRIES = 10;

    private static final Duration COSIGNATURE_WAIT = Duration.ofSeconds(1);

    private final Settings settings;
    private final PartyApi api;
    private final GatewayClient gateway;
    private final LogFiles files;
    private final Clock clock;

    LogReader(Settings settings, PartyApi api) throws CommandFailed, IOException {
        this.settings = settings;
        this.api = api;
        this.gateway = api.gateway();
        this.files = new LogFiles(gateway);
        this.clock = Clock.systemUTC();
    }

    LogFiles files() {
        return files;
    }

    /** The memory of the log of the gateway that was verified before. */
    RememberedLog memory() throws CommandFailed, IOException {
        return RememberedLog.of(settings, key());
    }

    /** The key that must have signed the log: the one that a verification of the gateway pinned. */
    VerifierKey key() throws CommandFailed, IOException {
        return GatewayPin.require(settings).logKey();
    }

    /** The events that the gateway shows, unchecked. */
    List<ShownEvent> shown(HeldContract held, String party) throws CommandFailed, IOException {
        return shown(events(held, party, 0));
    }

    /** A checkpoint of this log in a file, as another reader or a witness has it. */
    Checkpoint seenByAnother(Path file) throws CommandFailed, IOException {
        try {
            var checkpoint = Checkpoint.parse(Files.readString(file));
            if (checkpoint.origin().equals(key().name()) && checkpoint.verify(key())) {
                return checkpoint;
            }
        } catch (NoSuchFileException e) {
            throw CommandFailed.unusable("no file " + file);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable(file + " is no checkpoint: " + e.getMessage());
        }
        throw CommandFailed.unusable(file + " is a checkpoint that the pinned gateway's log key did not sign");
    }

    /** Audits all events of one contract. What fits is remembered; what does not changes no memory. */
    AuditResult audit(HeldContract held, String party, List<Checkpoint> others) throws CommandFailed, IOException {
        return audit(held, party, others, 0);
    }

    /** Audits the events of one contract that came since it was audited last. */
    AuditResult auditNewer(HeldContract held, String party) throws CommandFailed, IOException {
        var chain = memory().chain(held.contract().name());
        return audit(
                held, party, List.of(), chain.map(known -> known.seen().size()).orElse(0L));
    }

    private AuditResult audit(HeldContract held, String party, List<Checkpoint> others, long from)
            throws CommandFailed, IOException {
        var name = held.contract().name();
        var memory = memory();
        var policy = memory.witnesses();
        // The first head must come before the events, or a leaf added in between would look withheld.
        var before = cosigned(policy);
        var events = events(held, party, from);
        var after = LogFiles.checkpoint(GatewayClient.text(events, "checkpoint"));
        var tag = tag(held);
        var digest = Digests.sha256(tag.getBytes(StandardCharsets.US_ASCII));
        var chain = memory.chain(name);
        var seen = chain.filter(known -> known.tag().equals(digest)).map(RememberedLog.Chain::seen);

        var known = new ArrayList<KnownHead>();
        memory.checkpoint().map(KnownHead::own).ifPresent(known::add);
        seen.map(read -> new KnownHead(read.size(), read.edge().root(), true)).ifPresent(known::add);
        others.stream().map(KnownHead::ofAnother).forEach(known::add);
        var heads = new LogHeads(known, before, after);
        boolean fromStart = others.stream()
                .anyMatch(other -> other.size() < seen.map(SeenChain::size).orElse(0L));

        var audit =
                new LogAudit(key(), heads, tag, fromStart ? SeenChain.nothing() : seen.orElseGet(SeenChain::nothing));
        var result = finish(audit, after.size(), shown(events), from);
        if (!result.passed() && !fromStart && seen.isPresent()) {
            // The memory or the gateway is wrong: the gateway's own entries tell which.
            audit = new LogAudit(key(), heads, tag, SeenChain.nothing());
            result = finish(audit, after.size(), shown(events), from);
        }
        if (chain.isPresent() && seen.isEmpty()) {
            result = result.and(new Finding(
                    Finding.Code.CONTRACT_KEY_CHANGED,
                    "the gateway names another log key for " + name + " than before"));
        }
        if (!policy.witnesses().isEmpty()) {
            result = result.with(policy.judge(before));
        }
        if (result.passed()) {
            memory.saveChain(name, new RememberedLog.Chain(digest, audit.seen()));
            memory.saveCheckpoint(after);
        }
        return result;
    }

    private AuditResult finish(LogAudit audit, long size, List<ShownEvent> shown, long from) throws CommandFailed {
        try {
            files.entries(audit.next(), size, audit::entry);
        } catch (UnreadableLogException e) {
            audit.unreadable(String.valueOf(e.getMessage()));
        }
        return audit.finish(shown, from, clock.instant());
    }

    /** The newest checkpoint; where witnesses are demanded, one that they had the time to cosign. */
    Checkpoint cosigned(WitnessPolicy policy) throws CommandFailed {
        var checkpoint = files.checkpoint();
        try {
            for (int i = 1; i < COSIGNATURE_TRIES && !policy.judge(checkpoint).enough(); i++) {
                settings.pause().pause(COSIGNATURE_WAIT);
                checkpoint = files.checkpoint();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.unreachable("interrupted while waiting for the witnesses");
        }
        return checkpoint;
    }

    private static String tag(HeldContract held) throws CommandFailed {
        try {
            return Opening.tag(Base64Url.decode(held.logKey()), held.contract().name());
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unreachable("the gateway's log key of the contract cannot be read");
        }
    }

    private JsonElement events(HeldContract held, String party, long from) throws CommandFailed, IOException {
        var path = "v1/contracts/" + held.contract().name() + "/events";
        return gateway.get(from == 0 ? path : path + "?from=" + from, api.bearer(party));
    }

    private static List<ShownEvent> shown(JsonElement answer) throws CommandFailed {
        if (!(answer instanceof JsonObject object) || !(object.get("events") instanceof JsonArray events)) {
            throw CommandFailed.unreachable("the gateway's events are not a list");
        }
        var shown = new ArrayList<ShownEvent>();
        for (var event : events) {
            if (!(event instanceof JsonObject one)) {
                throw CommandFailed.unreachable("the gateway shows an event that is not an object");
            }
            try {
                shown.add(ShownEvent.parse(one));
            } catch (IllegalArgumentException e) {
                throw CommandFailed.unreachable("the gateway shows an event that cannot be read: " + e.getMessage());
            }
        }
        return shown;
    }
}
