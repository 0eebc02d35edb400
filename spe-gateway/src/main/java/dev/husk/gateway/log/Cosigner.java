package dev.husk.gateway.log;

import dev.husk.gateway.log.WitnessTrouble.Code;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessPolicy;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Shows witnesses the newest head of the log, again and again, and knows who has cosigned what. One thread runs it; the
 * other methods are safe to call from any.
 *
 * <p>A round asks all witnesses about one head and ends once those have answered that use to answer at once. A witness
 * that fails is left alone for a moment, one that hangs holds one connection and nobody.
 */
final class Cosigner implements Runnable, Witnesses.Hearing {
    private static final System.Logger LOG = System.getLogger(Cosigner.class.getName());

    /** What witnesses are shown. */
    interface Log extends Witnesses.Growth {
        /** The newest head that this replica signed. */
        Checkpoint published();

        /** The newest head over all that has committed, by whichever replica. */
        Checkpoint refreshed();

        byte[] root(long size);
    }

    /** A witness is asked again after this time where it failed, and where it has not cosigned the newest head. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /** A log that does not grow is shown this often: so old may be what is known of a witness. */
    private static final Duration IDLE = Duration.ofMinutes(1);

    /** How long a round waits for who used to answer at once. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration START_GRACE = Duration.ofSeconds(3);
    private static final int START_ATTEMPTS = 10;

    /** @param trouble what it failed with last; empty while it cosigns */
    private record Standing(Optional<WitnessTrouble> trouble, long since) {
        boolean rests(long now) {
            return trouble.isPresent() && now - since < RETRY.toNanos();
        }
    }

    private final WitnessPolicy policy;
    private final VerifierKey key;
    private final Log log;
    private final Clock clock;
    private final Witnesses witnesses;
    private final CosignedHeads heads;
    private final Map<String, Standing> standings = new ConcurrentHashMap<>();
    private final Map<Code, LongAdder> troubles = new EnumMap<>(Code.class);
    private final Semaphore news = new Semaphore(0);
    private volatile Optional<String> conflict = Optional.empty();

    // Of the thread that runs it.
    private long shown;
    private long shownAt;

    /** @throws IllegalArgumentException if the policy is about other logs, or does not say where a witness is */
    Cosigner(WitnessPolicy policy, VerifierKey key, Log log, Clock clock) {
        this.policy = policy;
        this.key = key;
        this.log = log;
        this.clock = clock;
        // Nobody here waits for a quorum: each contract has its own.
        witnesses = new Witnesses(WitnessPolicy.of(0, policy.witnesses()), key, GRACE, GRACE, clock);
        heads = new CosignedHeads(policy);
        for (var code : Code.values()) {
            troubles.put(code, new LongAdder());
        }
    }

    /**
     * Asks the witnesses whether they know of more than the log has. Nothing may have been written since the start, or
     * served.
     */
    StartVerdict judgeStart() throws InterruptedException {
        var asking = new Witnesses(policy, key, START, START_GRACE, clock);
        for (int i = 0; i < START_ATTEMPTS; i++) {
            var head = log.refreshed();
            heads.begin(head);
            var cosigned = asking.cosign(head, log, any -> true, this);
            for (var trouble : cosigned.troubles()) {
                if (trouble.code() == Code.INCONSISTENT) {
                    return new StartVerdict.Older(
                            "the witness %s has cosigned another log than the database's %d entries: it was changed or put back"
                                    .formatted(trouble.witness(), head.size()));
                }
            }
            if (cosigned.ahead().isEmpty()) {
                return cosigned.enough() ? new StartVerdict.Current() : new StartVerdict.TooFew(cosigned.troubles());
            }
            // Another replica may have gone on meanwhile; then the database has it.
            long has = log.refreshed().size();
            for (var claim : cosigned.ahead().entrySet()) {
                if (claim.getValue() > has) {
                    return new StartVerdict.Older(
                            "the database is older than what the witness %s has cosigned: it has %d entries of %d"
                                    .formatted(claim.getKey(), has, claim.getValue()));
                }
            }
        }
        return new StartVerdict.TooFew(List.of());
    }

    /** Tells that there is a newer head. */
    void news() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    @Override
    public void run() {
        try {
            while (true) {
                try {
                    if (isDue()) {
                        round(log.published());
                    }
                } catch (RuntimeException e) { // whatever the database throws
                    LOG.log(System.Logger.Level.WARNING, "witnesses cannot be shown the log: " + e.getMessage());
                    TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
                }
                news.tryAcquire(RETRY.toNanos(), TimeUnit.NANOSECONDS);
                news.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isDue() {
        long size = log.published().size();
        long now = System.nanoTime();
        return size > shown
                || now - shownAt > IDLE.toNanos()
                || policy.witnesses().stream()
                        .anyMatch(witness -> !heads.isCosignedBy(size, witness) && !rests(witness.name(), now));
    }

    private boolean rests(String witness, long now) {
        var standing = standings.get(witness);
        return standing != null && standing.rests(now);
    }

    /** One look around. */
    void round(Checkpoint head) throws InterruptedException {
        long now = System.nanoTime();
        shown = head.size();
        shownAt = now;
        heads.begin(head);
        var cosigned = witnesses.cosign(head, log, name -> !rests(name, now), this);
        boolean odd = cosigned.troubles().stream().anyMatch(trouble -> trouble.code() == Code.INCONSISTENT);
        if (!cosigned.ahead().isEmpty()) {
            // Usually another replica was quicker: then this one shows what the database has by now.
            long has = log.refreshed().size();
            for (var claim : cosigned.ahead().entrySet()) {
                if (claim.getValue() > has) {
                    failed(new WitnessTrouble(
                            claim.getKey(), Code.AHEAD, "says that it cosigned " + claim.getValue() + " entries"));
                    odd = true;
                }
            }
            news();
        }
        if (odd) {
            lookForProof();
        }
    }

    /** A witness's word proves nothing; a head that the log's own key signed, and that is not of this log, does. */
    private void lookForProof() throws InterruptedException {
        for (var seen : witnesses.newest().seen().entrySet()) {
            var theirs = seen.getValue();
            var fresh = log.refreshed();
            if (theirs.size() > fresh.size() || !MessageDigest.isEqual(theirs.root(), log.root(theirs.size()))) {
                conflict = Optional.of(
                        "the witness %s has a head of %d entries that this gateway's key signed, and the database has not: it was changed or put back"
                                .formatted(seen.getKey(), theirs.size()));
                LOG.log(System.Logger.Level.ERROR, "this gateway serves nobody any more: " + conflict.get());
            }
        }
    }

    @Override
    public void cosigned(WitnessPolicy.Witness witness, Checkpoint checkpoint) {
        var before = standings.put(witness.name(), new Standing(Optional.empty(), System.nanoTime()));
        if (before != null && before.trouble().isPresent()) {
            LOG.log(System.Logger.Level.INFO, "the witness " + witness.name() + " cosigns again");
        }
        heads.add(witness, checkpoint);
    }

    @Override
    public void failed(WitnessTrouble trouble) {
        var before = standings.put(trouble.witness(), new Standing(Optional.of(trouble), System.nanoTime()));
        counter(trouble.code()).increment();
        boolean known = before != null
                && before.trouble()
                        .filter(same -> same.code() == trouble.code())
                        .isPresent();
        if (!known) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the witness " + trouble.witness() + " does not cosign: " + trouble.code() + ", "
                            + trouble.detail().replaceAll("[^\\x20-\\x7e]", "?"));
        }
    }

    private LongAdder counter(Code code) {
        return java.util.Objects.requireNonNull(troubles.get(code));
    }

    /** What proves that the database is not what this gateway's key signed; then nobody may be served. */
    Optional<String> conflict() {
        return conflict;
    }

    /** Whether as many of these witnesses cosigned when they were asked last. */
    boolean reaches(Contract.Witnesses asked) {
        return policy.witnesses().stream()
                        .filter(witness -> asked.keys().contains(witness.key().text()))
                        .filter(this::isWell)
                        .count()
                >= asked.quorum();
    }

    /** Whether those that cosigned when they were asked last are a quorum of the policy. */
    boolean reachesPolicy() {
        return policy.isReached(policy.witnesses().stream()
                .filter(this::isWell)
                .map(WitnessPolicy.Witness::name)
                .toList());
    }

    private boolean isWell(WitnessPolicy.Witness witness) {
        var standing = standings.get(witness.name());
        return standing != null && standing.trouble().isEmpty();
    }

    /** By the policy's names. */
    Map<String, Boolean> well() {
        var well = new java.util.TreeMap<String, Boolean>();
        policy.witnesses().forEach(witness -> well.put(witness.name(), isWell(witness)));
        return well;
    }

    /** How often each kind of trouble was met. */
    long count(Code code) {
        return counter(code).sum();
    }

    CosignedHeads heads() {
        return heads;
    }
}
