package dev.husk.cli.log;

import dev.husk.cli.log.Finding.Code;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One audit of one contract's events in the whole log. */
public final class LogAudit {
    private final VerifierKey key;
    private final LogHeads heads;
    private final List<String> leaves;
    private final String tag;
    private final List<Finding> findings = new ArrayList<>();
    private final List<AuditedEvent> events = new ArrayList<>();

    private LogAudit(VerifierKey key, LogHeads heads, List<String> leaves, String tag) {
        this.key = key;
        this.heads = heads;
        this.leaves = leaves;
        this.tag = tag;
    }

    /**
     * @param leaves every leaf's text, from index 0 to the size of the later head
     * @param tag the contract's tag, computed from its log key
     * @param shown what the gateway shows as the contract's events
     */
    public static AuditResult audit(
            VerifierKey key, LogHeads heads, List<String> leaves, String tag, List<ShownEvent> shown) {
        var audit = new LogAudit(key, heads, leaves, tag);
        audit.heads();
        audit.tree();
        var chain = audit.chain();
        audit.openings(chain, shown);
        return new AuditResult(heads.after().size(), audit.findings, audit.events);
    }

    private void heads() {
        signed(heads.before());
        signed(heads.after());
        if (heads.after().size() < heads.before().size()) {
            shrank(heads.before(), heads.after());
        }
        heads.remembered().ifPresent(remembered -> {
            if (heads.before().size() < remembered.size()) {
                shrank(remembered, heads.before());
            }
        });
    }

    private void signed(Checkpoint head) {
        if (!head.verify(key)) {
            found(
                    Code.SIGNATURE_INVALID,
                    "the log key did not sign the checkpoint of %d entries".formatted(head.size()));
        }
    }

    private void shrank(Checkpoint from, Checkpoint to) {
        found(
                Code.LOG_SHRANK,
                "the log had %d entries and now has %d: history was taken back".formatted(from.size(), to.size()));
    }

    private void tree() {
        if (leaves.size() < heads.after().size()) {
            found(
                    Code.LEAVES_MISSING,
                    "the checkpoint counts %d entries, the gateway shows %d"
                            .formatted(heads.after().size(), leaves.size()));
        }
        var tree = new RightEdge();
        roots(tree);
        for (var leaf : leaves) {
            tree.append(MerkleHash.leaf(leaf.getBytes(StandardCharsets.UTF_8)), (tile, hashes) -> {});
            roots(tree);
        }
    }

    /** Holds the tree against the heads of its size. */
    private void roots(RightEdge tree) {
        root(tree, heads.before(), Code.ROOT_MISMATCH, "the entries shown do not make the signed root of %d entries");
        root(tree, heads.after(), Code.ROOT_MISMATCH, "the entries shown do not make the signed root of %d entries");
        heads.remembered()
                .ifPresent(remembered -> root(
                        tree,
                        remembered,
                        Code.LOG_REWRITTEN,
                        "the first %d entries are not those that were seen before"));
    }

    private void root(RightEdge tree, Checkpoint head, Code code, String detail) {
        if (head.size() == tree.size() && !MessageDigest.isEqual(tree.root(), head.root())) {
            var finding = new Finding(code, detail.formatted(head.size()));
            if (!findings.contains(finding)) {
                findings.add(finding);
            }
        }
    }

    /** The contract's leaves by index, once their numbers and links were checked. */
    private Map<Long, Leaf> chain() {
        var own = new TreeMap<Long, Leaf>();
        var bySeq = new TreeMap<Long, Long>();
        for (int index = 0; index < leaves.size(); index++) {
            Leaf leaf;
            try {
                leaf = Leaf.parse(leaves.get(index).getBytes(StandardCharsets.UTF_8));
            } catch (MalformedLogException e) {
                found(Code.LEAF_MALFORMED, "entry %d: %s".formatted(index, e.getMessage()));
                continue;
            }
            if (leaf.tag().equals(tag)) {
                own.put((long) index, leaf);
                var other = bySeq.putIfAbsent(leaf.seq(), (long) index);
                if (other != null) {
                    found(
                            Code.FORK,
                            "entries %d and %d are both event %d of the contract: two histories"
                                    .formatted(other, index, leaf.seq()));
                }
            }
        }
        if (own.isEmpty()) {
            found(Code.NO_EVENTS, "the log holds no event of this contract");
        }
        links(own, bySeq);
        return own;
    }

    private void links(Map<Long, Leaf> own, TreeMap<Long, Long> bySeq) {
        long expected = 0;
        for (var seq : bySeq.keySet()) {
            if (seq > expected) {
                found(
                        Code.LEAF_DROPPED,
                        seq - expected == 1
                                ? "event %d of the contract is not in the log".formatted(expected)
                                : "events %d to %d of the contract are not in the log".formatted(expected, seq - 1));
            }
            expected = seq + 1;
        }
        own.forEach((index, leaf) -> {
            var before = bySeq.get(leaf.seq() - 1);
            var previous = before == null ? null : own.get(before);
            if (previous != null && !Base64Url.encode(previous.hash()).equals(leaf.prev())) {
                found(
                        Code.CHAIN_BROKEN,
                        "entry %d does not continue entry %d, the contract's event before it".formatted(index, before));
            }
        });
    }

    private void openings(Map<Long, Leaf> own, List<ShownEvent> shown) {
        var byIndex = new HashMap<Long, ShownEvent>();
        for (var event : shown) {
            if (event.index() >= leaves.size() && event.index() >= heads.after().size()) {
                continue; // newer than the head: no checkpoint speaks for it yet
            }
            var leaf = own.get(event.index());
            if (leaf == null || !leaves.get((int) event.index()).equals(event.leaf())) {
                found(
                        Code.EVENT_NOT_LOGGED,
                        "the gateway shows %s as entry %d, the log does not hold it there"
                                .formatted(EventWords.name(event.event()), event.index()));
            } else {
                byIndex.put(event.index(), event);
            }
        }
        own.forEach((index, leaf) -> {
            var event = byIndex.get(index);
            if (event != null) {
                opened(index, leaf, event);
            } else if (index < heads.before().size()) {
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
            events.add(new AuditedEvent(index, leaf.seq(), event.whole()));
        } else {
            found(
                    Code.EVENT_ALTERED,
                    "what the gateway shows as event %d (%s) is not what stands in the log"
                            .formatted(leaf.seq(), EventWords.name(event.event())));
        }
    }

    private void found(Code code, String detail) {
        findings.add(new Finding(code, detail));
    }
}
