package dev.husk.gateway.log;

import dev.husk.gateway.Configuration;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.WitnessPolicy;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The log's witnesses: those that the operator configured, asked all the time, and waited for where a contract names
 * them. Safe to share between threads. Whoever waits holds neither the log's lock nor a transaction.
 */
@ApplicationScoped
public class Cosigning {
    /** So long a release waits for the witnesses of its contract. */
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** So long a reader of the newest checkpoint waits for the policy's quorum, where its witnesses use to answer. */
    private static final Duration READER = Duration.ofSeconds(1);

    /** So many requests wait at a time: a witness that hangs must not hold the server's threads. */
    private static final int MAX_WAITING = 96;

    @Inject
    private Configuration configuration;

    @Inject
    private EventLog log;

    @Inject
    private GatewayKeys keys;

    @Inject
    private Clock clock;

    @Resource(lookup = "java:comp/DefaultManagedThreadFactory")
    private ManagedThreadFactory threads;

    private final AtomicInteger waiting = new AtomicInteger();
    private WitnessPolicy policy = WitnessPolicy.none();
    private volatile Optional<Cosigner> cosigner = Optional.empty();
    private @Nullable Thread thread;

    @PostConstruct
    void read() {
        policy = configuration.witnesses().map(WitnessFile::read).orElse(WitnessPolicy.none());
    }

    /** Whether there are witnesses to be asked. */
    public boolean isConfigured() {
        return !policy.witnesses().isEmpty();
    }

    /** Everything that the policy says of witnesses. */
    public List<WitnessPolicy.Witness> witnesses() {
        return policy.witnesses();
    }

    /**
     * Asks the witnesses whether they know of more than the log has, for ten seconds at most.
     *
     * @throws IllegalStateException if the policy is about another log
     */
    public StartVerdict judgeStart() throws InterruptedException {
        if (cosigner.isEmpty()) {
            try {
                cosigner = Optional.of(new Cosigner(policy, keys.logKey(), new Shown(), clock));
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException("HUSK_WITNESSES: " + e.getMessage(), e);
            }
        }
        return cosigner.get().judgeStart();
    }

    /** From now on witnesses are shown the log. */
    public void begin() {
        cosigner.ifPresent(asking -> {
            thread = threads.newThread(asking);
            thread.setName("husk-witnesses");
            thread.setDaemon(true);
            thread.start();
            log.afterEach(asking::news);
        });
    }

    /** Runs work that waits for witnesses, beside the server's start. */
    public void beside(Runnable work) {
        var beside = threads.newThread(work);
        beside.setDaemon(true);
        beside.start();
    }

    @PreDestroy
    void stop() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** What of a contract's witnesses this gateway could never get, as problems of the contract. */
    public List<String> problems(Contract contract) {
        return contract.witnesses().keys().stream()
                .filter(key -> policy.witnesses().stream()
                        .noneMatch(witness -> witness.key().text().equals(key)))
                .map(key -> "witnesses: this gateway does not know " + key + ": its operator must add it")
                .toList();
    }

    /** What a release under the contract is refused with before it is decided, where its witnesses do not cosign. */
    public Optional<RequestRefused> unreachable(Contract contract) {
        var asked = contract.witnesses();
        if (!asked.areAsked()) {
            return Optional.empty();
        }
        if (cosigner.filter(asking -> asking.reaches(asked)).isEmpty()) {
            return Optional.of(new RequestRefused(
                    503,
                    "WITNESSES_AWAY",
                    "fewer than " + asked.quorum() + " witnesses of " + contract.name()
                            + " cosign at the moment: nothing was decided, and no run used"));
        }
        return waiting.get() < MAX_WAITING
                ? Optional.empty()
                : Optional.of(new RequestRefused(
                        503, "WITNESSES_AWAY", "too many requests wait for witnesses: nothing was decided"));
    }

    /**
     * The proof of an event whose transaction has committed, with the cosignatures that the contract asks for.
     *
     * @throws RequestRefused with 503 if they did not come in time: then what depends on them must not leave
     */
    public Receipt receipt(Appended appended, Contract contract) {
        var asked = contract.witnesses();
        if (!asked.areAsked()) {
            return log.receipt(appended);
        }
        return await(appended, asked)
                .map(cosigned -> log.receipt(appended, cosigned))
                .orElseThrow(() -> new RequestRefused(
                        503,
                        "WITNESSES_MISSING",
                        "not " + asked.quorum() + " witnesses of " + contract.name() + " cosigned in time: the event "
                                + "stands in the log, a run that it began is used, and no key left"));
    }

    private Optional<Checkpoint> await(Appended appended, Contract.Witnesses asked) {
        waiting.incrementAndGet();
        try {
            return cosigner.isEmpty()
                    ? Optional.empty()
                    : cosigner.get().heads().await(appended.index(), asked, DEADLINE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            waiting.decrementAndGet();
        }
    }

    /**
     * The newest checkpoint, over all that had committed before the call, with the cosignatures that there are. Where
     * the policy's quorum cosigns at the moment, it is waited for, for a second.
     */
    public Checkpoint checkpoint() {
        var newest = log.checkpoint();
        if (cosigner.isEmpty()) {
            return newest;
        }
        var asking = cosigner.get();
        boolean wait = asking.reachesPolicy() && waiting.get() < MAX_WAITING;
        waiting.incrementAndGet();
        try {
            return asking.heads()
                    .awaitQuorum(newest.size(), wait ? READER : Duration.ZERO)
                    .orElseGet(() -> asking.heads().with(newest));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return newest;
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** What proves that the database is not what this gateway's key signed; then nobody may be served. */
    public Optional<String> conflict() {
        return cosigner.flatMap(Cosigner::conflict);
    }

    /** Whether each witness cosigned when it was asked last, by the policy's name for it. */
    public Map<String, Boolean> well() {
        return cosigner.map(Cosigner::well).orElse(Map.of());
    }

    /** How often each kind of trouble with witnesses was met. */
    public long count(WitnessTrouble.Code code) {
        return cosigner.map(asking -> asking.count(code)).orElse(0L);
    }

    /** How many entries the newest head covers that the policy's quorum cosigned. */
    public long entries() {
        return cosigner.map(asking -> asking.heads().newestWithQuorum()).orElse(0L);
    }

    private final class Shown implements Cosigner.Log {
        @Override
        public Checkpoint published() {
            return log.published();
        }

        @Override
        public Checkpoint refreshed() {
            return log.checkpoint();
        }

        @Override
        public byte[] root(long size) {
            return log.root(size);
        }

        @Override
        public List<byte[]> consistency(long from, long to) {
            return log.consistency(from, to);
        }
    }
}
