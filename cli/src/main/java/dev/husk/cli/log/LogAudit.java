package dev.husk.cli.log;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.cli.log.Finding.Code;
import dev.husk.cli.log.LogHeads.KnownHead;
import dev.husk.cli.log.SeenChain.OwnLeaf;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.RightEdge;
import dev.husk.protocol.log.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One audit of one contract's events: it goes on from what was verified before, takes in the entries that are new, and then
 * holds the events that the gateway shows against the contract's leaves. Of the log it holds the right edge alone.
 */
public final class LogAudit {
    /** So far apart may the clocks of a gateway's replicas and of this machine be. */
    private static final Duration CLOCKS = Duration.ofMinutes(10);

    private final VerifierKey key;
    private final LogHeads heads;
    private final String tag;
    private final RightEdge tree;
    private final List<OwnLeaf> own;
    private final List<Finding> findings = new ArrayList<>();
    private final List<AuditedEvent> events = new ArrayList<>();
    private Optional<Instant> newest;

    /**
     * @param tag the contract's tag, computed from its log key
     * @param seen where to go on
     */
    public LogAudit(VerifierKey key, LogHeads heads, String tag, SeenChain seen) {
        this.key = key;
        this.heads = heads;
        this.tag = tag;
        this.tree = seen.edge();
        this.own = new ArrayList<>(seen.own());
        this.newest = seen.newest();
        heads();
        roots();
    }

    /** Index of the entry that must come next. */
    public long next() {
        return tree.size();
    }

    /** Takes in the next entry. */
    public void entry(byte[] bytes) {
        long index = tree.size();
        try {
            if (Leaf.parse(bytes).tag().equals(tag)) {
                own.add(new OwnLeaf(index, new String(bytes, StandardCharsets.UTF_8)));
            }
        } catch (MalformedLogException e) {
            found(Code.LEAF_MALFORMED, "entry %d is not a leaf".formatted(index));
        }
        tree.append(MerkleHash.leaf(bytes), (tile, hashes) -> {});
        roots();
    }

    /** What stopped the entries from being read to the end. */
    public void unreadable(String why) {
        found(Code.BUNDLE_MALFORMED, "the log cannot be read from entry %d on: %s".formatted(next(), why));
    }

    /**
     * Ends the audit.
     *
     * @param shown what the gateway shows of the contract's events, all of them from index {@code from} on
     * @param now no event may be dated after it
     */
    public AuditResult finish(List<ShownEvent> shown, long from, Instant now) {
        if (next() < heads.after().size()
                && findings.stream().noneMatch(finding -> finding.code() == Code.BUNDLE_MALFORMED)) {
            found(
                    Code.LEAVES_MISSING,
                    "the checkpoint counts %d entries, the gateway shows %d"
                            .formatted(heads.after().size(), next()));
        }
        var chain = chain();
        openings(chain, shown, from);
        dates(now);
        return new AuditResult(heads.after().size(), findings, events, Optional.empty());
    }

    /** Where the next audit may go on, if this one found nothing. */
    public SeenChain seen() {
        return new SeenChain(tree, own, newest);
    }

    private void heads() {
        signed(heads.before());
        signed(heads.after());
        if (heads.after().size() < heads.before().size()) {
            shrank(heads.before().size(), heads.after().size());
        }
        for (var known : heads.known()) {
            long now = known.own() ? heads.before().size() : heads.after().size();
            if (now < known.size() && known.own()) {
                shrank(known.size(), now);
            } else if (now < known.size()) {
                found(
                        Code.CHECKPOINT_STALE,
                        "another reader was shown %d entries, this one is shown %d".formatted(known.size(), now));
            }
        }
    }

    private void signed(Checkpoint head) {
        if (!head.origin().equals(key.name()) || !head.verify(key)) {
            found(
                    Code.SIGNATURE_INVALID,
                    "the log key did not sign the checkpoint of %d entries".formatted(head.size()));
        }
    }

    private void shrank(long from, long to) {
        found(Code.LOG_SHRANK, "the log had %d entries and now has %d: history was taken back".formatted(from, to));
    }

    /** Holds the tree against the heads of its size. */
    private void roots() {
        for (var head : List.of(heads.before(), heads.after())) {
            root(
                    head.size(),
                    head.root(),
                    Code.ROOT_MISMATCH,
                    "the entries shown do not make the signed root of %d entries");
        }
        for (KnownHead known : heads.known()) {
            root(
                    known.size(),
                    known.root(),
                    known.own() ? Code.LOG_REWRITTEN : Code.SPLIT_VIEW,
                    known.own()
                            ? "the first %d entries are not those that were seen before"
                            : "another reader was shown a log whose first %d entries are others: there are two logs");
        }
    }

    private void root(long size, byte[] root, Code code, String detail) {
        if (size == tree.size() && !MessageDigest.isEqual(tree.root(), root)) {
            found(code, detail.formatted(size));
        }
    }

    /** The contract's leaves by index, once their numbers, places and links were checked. */
    private Map<Long, Leaf> chain() {
        var chain = new TreeMap<Long, Leaf>();
        var bySeq = new TreeMap<Long, Long>();
        for (var each : own) {
            var leaf = leaf(each);
            chain.put(each.index(), leaf);
            var other = bySeq.putIfAbsent(leaf.seq(), each.index());
            if (other != null) {
                found(
                        Code.FORK,
                        "entries %d and %d are both event %d of the contract: two histories"
                                .formatted(other, each.index(), leaf.seq()));
            }
        }
        if (chain.isEmpty()) {
            found(Code.NO_EVENTS, "the log holds no event of this contract");
        }
        numbers(bySeq);
        links(chain, bySeq);
        return chain;
    }

    private static Leaf leaf(OwnLeaf own) {
        try {
            return Leaf.parse(own.text().getBytes(StandardCharsets.UTF_8));
        } catch (MalformedLogException e) {
            throw new IllegalStateException("it was parsed before", e);
        }
    }

    private void numbers(TreeMap<Long, Long> bySeq) {
        long expected = 0;
        long last = -1;
        for (var entry : bySeq.entrySet()) {
            long seq = entry.getKey();
            if (seq > expected) {
                found(
                        Code.LEAF_DROPPED,
                        seq - expected == 1
                                ? "event %d of the contract is not in the log".formatted(expected)
                                : "events %d to %d of the contract are not in the log".formatted(expected, seq - 1));
            }
            if (entry.getValue() < last) {
                found(
                        Code.REORDERED,
                        "event %d of the contract stands as entry %d, before the event that it follows"
                                .formatted(seq, entry.getValue()));
            }
            last = entry.getValue();
            expected = seq + 1;
        }
    }

    private void links(Map<Long, Leaf> chain, TreeMap<Long, Long> bySeq) {
        chain.forEach((index, leaf) -> {
            var before = bySeq.get(leaf.seq() - 1);
            var previous = before == null ? null : chain.get(before);
            if (previous != null && !Base64Url.encode(previous.hash()).equals(leaf.prev())) {
                found(
                        Code.CHAIN_BROKEN,
                        "entry %d does not continue entry %d, the contract's event before it".formatted(index, before));
            }
        });
    }

    private void openings(Map<Long, Leaf> chain, List<ShownEvent> shown, long from) {
        var texts = new HashMap<Long, String>();
        own.forEach(leaf -> texts.put(leaf.index(), leaf.text()));
        var byIndex = new HashMap<Long, ShownEvent>();
        for (var event : shown) {
            var name = EventWords.name(event.event());
            if (event.index() >= heads.after().size()) {
                found(
                        Code.CHECKPOINT_STALE,
                        "the gateway shows %s as entry %d, and a checkpoint of %d entries alone"
                                .formatted(name, event.index(), heads.after().size()));
            } else if (!event.leaf().equals(texts.get(event.index()))) {
                found(
                        Code.EVENT_NOT_LOGGED,
                        "the gateway shows %s as entry %d, the log does not hold it there"
                                .formatted(name, event.index()));
            } else {
                byIndex.put(event.index(), event);
            }
        }
        chain.forEach((index, leaf) -> {
            var event = byIndex.get(index);
            if (event != null) {
                opened(index, leaf, event);
            } else if (index >= from && index < heads.before().size()) {
                found(
                        Code.OPENING_WITHHELD,
                        "entry %d is event %d of the contract, and the gateway does not show what it says"
                                .formatted(index, leaf.seq()));
            }
        });
    }

    private void opened(long index, Leaf leaf, ShownEvent event) {
        boolean opens;
        try {
            opens = new Opening(event.salt(), event.event()).opens(leaf) && event.detailsBelong();
        } catch (IllegalArgumentException e) {
            opens = false; // no salt
        }
        if (opens) {
            events.add(new AuditedEvent(index, leaf.seq(), event.whole(), event));
        } else {
            found(
                    Code.EVENT_ALTERED,
                    "what the gateway shows as event %d (%s) is not what stands in the log"
                            .formatted(leaf.seq(), EventWords.name(event.event())));
        }
    }

    /** The log's order is also that of its times, but for what clocks differ by. */
    private void dates(Instant now) {
        for (var event : events) {
            var time = time(event.event());
            if (time.isEmpty()) {
                continue;
            }
            if (time.get().minus(CLOCKS).isAfter(now)) {
                misdated(event, "in the future, at " + time.get());
            } else if (newest.isPresent() && time.get().plus(CLOCKS).isBefore(newest.get())) {
                misdated(event, "%s, the one before it %s".formatted(time.get(), newest.get()));
            }
            if (newest.isEmpty() || time.get().isAfter(newest.get())) {
                newest = time;
            }
        }
    }

    private void misdated(AuditedEvent event, String when) {
        found(
                Code.EVENT_MISDATED,
                "event %d (%s) is dated %s".formatted(event.seq(), EventWords.name(event.event()), when));
    }

    private static Optional<Instant> time(JsonObject event) {
        try {
            return event.get("time") instanceof JsonPrimitive text
                    ? Optional.of(Instant.parse(text.getAsString()))
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private void found(Code code, String detail) {
        var finding = new Finding(code, detail);
        if (!findings.contains(finding)) {
            findings.add(finding);
        }
    }
}
