package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.cli.log.AuditResult;
import dev.husk.cli.log.Finding;
import dev.husk.cli.log.LogAudit;
import dev.husk.cli.log.LogHeads;
import dev.husk.cli.log.ShownEvent;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the gateway's log as a party does, and remembers what was seen of it. */
final class LogReader {
    /** An audit keeps every entry in memory. */
    private static final long MAX_LEAVES = 4_000_000;

    private final Settings settings;
    private final PartyApi api;
    private final GatewayClient gateway;
    private final LogFiles files;

    LogReader(Settings settings, PartyApi api) throws CommandFailed, IOException {
        this.settings = settings;
        this.api = api;
        this.gateway = api.gateway();
        this.files = new LogFiles(gateway);
    }

    /** The key that must have signed the log: the one that a verification of the gateway pinned. */
    private VerifierKey key() throws CommandFailed, IOException {
        return GatewayPin.require(settings)
                .known()
                .orElseThrow(() -> CommandFailed.refused(
                        "the gateway's log key is not known yet: verify it once with `husk gateway verify`"))
                .keys()
                .log();
    }

    /** The events that the gateway shows, unchecked. */
    List<ShownEvent> shown(HeldContract held, String party) throws CommandFailed, IOException {
        return shown(events(held, party));
    }

    /** Audits one contract. What fits is remembered; what does not changes no memory. */
    AuditResult audit(HeldContract held, String party) throws CommandFailed, IOException {
        var key = key();
        var memory = RememberedLog.of(settings, key);
        var remembered = memory.checkpoint();
        // The first head must come before the events, or a leaf added in between would look withheld.
        var before = files.checkpoint();
        var events = events(held, party);
        var heads = new LogHeads(remembered, before, LogFiles.checkpoint(GatewayClient.text(events, "checkpoint")));
        var tag = tag(held);
        var leaves = leaves(memory.leaves(), heads.after().size());
        var result = LogAudit.audit(key, heads, leaves, tag, shown(events));
        if (!result.passed() && !memory.leaves().isEmpty()) {
            // The memory or the gateway is wrong: the gateway's own leaves tell which, and from where on.
            var all = leaves(List.of(), heads.after().size());
            var again = LogAudit.audit(key, heads, all, tag, shown(events));
            result = rewritten(memory.leaves(), all, again);
            leaves = all;
        }
        var digest = Digests.sha256(tag.getBytes(StandardCharsets.US_ASCII));
        var known = memory.contractKey(held.contract().name());
        if (known.isPresent() && !known.get().equals(digest)) {
            result = result.and(new Finding(
                    Finding.Code.CONTRACT_KEY_CHANGED,
                    "the gateway names another log key for " + held.contract().name() + " than before"));
        }
        if (result.passed()) {
            memory.saveLeaves(leaves);
            memory.saveCheckpoint(heads.after());
            memory.saveContractKey(held.contract().name(), digest);
        }
        return result;
    }

    private static AuditResult rewritten(List<String> seen, List<String> now, AuditResult result) {
        for (int i = 0; i < Math.min(seen.size(), now.size()); i++) {
            if (!seen.get(i).equals(now.get(i)) && !result.passed()) {
                return result.and(new Finding(
                        Finding.Code.LOG_REWRITTEN, "entry %d is not the one that was seen before".formatted(i)));
            }
        }
        return result;
    }

    private static String tag(HeldContract held) throws CommandFailed {
        try {
            return Opening.tag(Base64Url.decode(held.logKey()), held.contract().name());
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unreachable("the gateway's log key of the contract cannot be read");
        }
    }

    private List<String> leaves(List<String> remembered, long size) throws CommandFailed {
        if (size > MAX_LEAVES) {
            throw CommandFailed.unusable("the log has " + size + " entries, more than this command reads");
        }
        var all = new ArrayList<>(remembered.subList(0, (int) Math.min(size, remembered.size())));
        // Where the log has fewer, the audit says how many are missing.
        files.entries(all.size(), size).forEach(entry -> all.add(new String(entry, StandardCharsets.UTF_8)));
        return all;
    }

    private JsonElement events(HeldContract held, String party) throws CommandFailed, IOException {
        return gateway.get("v1/contracts/" + held.contract().name() + "/events", api.bearer(party));
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
