package dev.husk.gateway.log;

import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.WitnessPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The heads of the log that witnesses were asked about, each with the cosignatures that came, in time or late. Safe to
 * share between threads.
 *
 * <p>A cosignature is of one head. Those of different heads never add up to a quorum, so witnesses are asked about the
 * same ones.
 */
final class CosignedHeads {
    /** So many are kept: what a slow witness answers late still counts. */
    private static final int MAX = 1024;

    /** @param cosigners by their keys; each signature was verified */
    private record Head(Checkpoint checkpoint, Map<String, String> cosigners) {
        boolean reaches(Contract.Witnesses asked) {
            return asked.keys().stream().filter(cosigners::containsKey).count() >= asked.quorum();
        }
    }

    private final WitnessPolicy policy;
    private final NavigableMap<Long, Head> heads = new TreeMap<>();

    CosignedHeads(WitnessPolicy policy) {
        this.policy = policy;
    }

    /** Witnesses are asked about this head, signed by the log, from now on. */
    synchronized void begin(Checkpoint signed) {
        heads.putIfAbsent(signed.size(), new Head(signed, Map.of()));
        while (heads.size() > MAX) {
            heads.pollFirstEntry();
        }
    }

    /** @param cosigned with the witness's verified cosignature */
    synchronized void add(WitnessPolicy.Witness witness, Checkpoint cosigned) {
        var head = heads.get(cosigned.size());
        if (head == null || !head.checkpoint().hasTextOf(cosigned)) {
            return;
        }
        var cosigners = new HashMap<>(head.cosigners());
        cosigners.put(witness.key().text(), witness.name());
        head.checkpoint()
                .adopt(cosigned.cosignatureLines(witness.key()), witness.key())
                .ifPresent(checkpoint -> heads.put(cosigned.size(), new Head(checkpoint, cosigners)));
        notifyAll();
    }

    /**
     * Waits for a head that covers an event and that as many of these witnesses have cosigned.
     *
     * @return empty where none came in time
     */
    Optional<Checkpoint> await(long index, Contract.Witnesses asked, Duration time) throws InterruptedException {
        return await(index + 1, head -> head.reaches(asked), time);
    }

    /** The same of a head of that size at least, and the policy's quorum. */
    Optional<Checkpoint> awaitQuorum(long size, Duration time) throws InterruptedException {
        return await(size, head -> policy.isReached(head.cosigners().values()), time);
    }

    private synchronized Optional<Checkpoint> await(long size, Predicate<Head> enough, Duration time)
            throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        while (true) {
            for (var head : heads.tailMap(size, true).values()) {
                if (enough.test(head)) {
                    return Optional.of(head.checkpoint());
                }
            }
            long left = until - System.nanoTime();
            if (left <= 0) {
                return Optional.empty();
            }
            // A millisecond more than is left: a wait of zero has no end.
            wait(left / 1_000_000 + 1);
        }
    }

    /** A head with the cosignatures that there are. */
    synchronized Checkpoint with(Checkpoint signed) {
        var head = heads.get(signed.size());
        return head == null || !head.checkpoint().hasTextOf(signed) ? signed : head.checkpoint();
    }

    /** Whether a witness has cosigned the head of that size. */
    synchronized boolean isCosignedBy(long size, WitnessPolicy.Witness witness) {
        var head = heads.get(size);
        return head != null && head.cosigners().containsKey(witness.key().text());
    }

    /** Size of the newest head that the policy's quorum cosigned; 0 if there is none. */
    synchronized long newestWithQuorum() {
        return heads.descendingMap().values().stream()
                .filter(head -> policy.isReached(head.cosigners().values()))
                .mapToLong(head -> head.checkpoint().size())
                .findFirst()
                .orElse(0);
    }
}
