package dev.husk.gateway.log;

import dev.husk.gateway.log.WitnessTrouble.Code;
import dev.husk.protocol.log.AddCheckpoint;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessPolicy;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Collects witnesses' cosignatures of one log's checkpoints (C2SP {@code tlog-witness}). Safe to share between threads.
 *
 * <p>A cosignature counts once it is verified, and is of now: who records answers and plays them back gains nothing. What a
 * witness says besides, such as a size, only steers what it is asked next.
 *
 * <p>A gateway that starts learns here whether it is older than what was cosigned: a witness cosigns what it has, now, or
 * is {@link Code#AHEAD}.
 */
public final class Witnesses {
    /** So far may a witness's clock be from this one's. */
    static final Duration SKEW = Duration.ofMinutes(5);

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration REQUEST = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 3;

    /** What is heard of witnesses, also after the call has returned that asked, and on whatever thread. */
    interface Hearing {
        /** @param checkpoint with this witness's cosignature, which was verified and is of now */
        void cosigned(WitnessPolicy.Witness witness, Checkpoint checkpoint);

        /** It gives none, and is not asked again by this call. */
        void failed(WitnessTrouble trouble);
    }

    /** The log's consistency proofs. */
    @FunctionalInterface
    public interface Growth {
        /** Asked for on the thread that calls {@link Witnesses#cosign}, with {@code 0 < from < to}. */
        List<byte[]> consistency(long from, long to);
    }

    /**
     * What came of asking.
     *
     * @param checkpoint with every cosignature that was verified in time
     * @param enough whether these reach the policy's quorum
     * @param troubles in no order; there may be some although it is enough
     * @param ahead how many entries witnesses say that they cosigned, by the policy's names, where that is more
     */
    public record Cosigned(
            Checkpoint checkpoint, boolean enough, List<WitnessTrouble> troubles, Map<String, Long> ahead) {
        public Cosigned {
            troubles = List.copyOf(troubles);
            ahead = Map.copyOf(ahead);
        }
    }

    /**
     * What witnesses show as their newest. Only a checkpoint is proof: whoever carries the answers can hide one, or show an
     * older one.
     *
     * @param seen by the policy's names, each signed by the log and cosigned by that witness
     */
    public record Newest(Map<String, Checkpoint> seen, List<WitnessTrouble> troubles) {
        public Newest {
            seen = Map.copyOf(seen);
            troubles = List.copyOf(troubles);
        }
    }

    private static final Hearing NOBODY = new Hearing() {
        @Override
        public void cosigned(WitnessPolicy.Witness witness, Checkpoint checkpoint) {}

        @Override
        public void failed(WitnessTrouble trouble) {}
    };

    private final WitnessPolicy policy;
    private final VerifierKey log;
    private final Duration deadline;
    private final Duration grace;
    private final Clock clock;
    private final List<WitnessLine> lines = new ArrayList<>();

    /**
     * A client for the witnesses of a policy.
     *
     * @param log the key of the one log; its name is the log's origin
     * @param deadline how long {@link #cosign} waits for a quorum
     * @param grace how long it waits for the others once there is one
     * @throws IllegalArgumentException if a witness has no URL, or the policy names logs and not this one
     */
    public Witnesses(WitnessPolicy policy, VerifierKey log, Duration deadline, Duration grace, Clock clock) {
        if (!policy.logs().isEmpty() && !policy.logs().contains(log)) {
            throw new IllegalArgumentException("the policy is about other logs than " + log);
        }
        this.policy = policy;
        this.log = log;
        this.deadline = deadline;
        this.grace = grace;
        this.clock = clock;
        var http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        policy.witnesses().forEach(witness -> lines.add(new WitnessLine(witness, http)));
    }

    /**
     * Asks all witnesses at once and waits for a quorum. A witness that still answers an earlier call is asked after that.
     * Once there is a quorum, one that was late before is not waited for.
     *
     * @param signed by the log
     * @throws IllegalArgumentException if the log did not sign it
     */
    public Cosigned cosign(Checkpoint signed, Growth growth) throws InterruptedException {
        return cosign(signed, growth, any -> true, NOBODY);
    }

    /**
     * The same of some witnesses.
     *
     * @param asked by the policy's name
     */
    Cosigned cosign(Checkpoint signed, Growth growth, Predicate<String> asked, Hearing hearing)
            throws InterruptedException {
        if (!signed.origin().equals(log.name()) || !signed.verify(log)) {
            throw new IllegalArgumentException("not a checkpoint of " + log.name());
        }
        return new Round(signed, growth, hearing)
                .run(lines.stream()
                        .filter(line -> asked.test(line.witness().name()))
                        .toList());
    }

    /** What a witness's answer means. */
    private sealed interface Outcome {}

    private record Signed(String lines, Checkpoint checkpoint) implements Outcome {}

    private record Elsewhere(long start, Optional<WitnessTrouble> odd) implements Outcome {}

    private record Further(long size) implements Outcome {}

    private record Failed(WitnessTrouble trouble) implements Outcome {}

    /** One call of {@link #cosign}. Its state belongs to the calling thread; others hand it events. */
    private final class Round {
        private final Checkpoint signed;
        private final Growth growth;
        private final Hearing hearing;
        private final LinkedBlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
        private final List<WitnessTrouble> troubles = new ArrayList<>();
        private final Map<WitnessLine, Integer> open = new LinkedHashMap<>();
        private final Map<String, Long> ahead = new LinkedHashMap<>();
        private Checkpoint checkpoint;
        private long until = System.nanoTime() + deadline.toNanos();

        Round(Checkpoint signed, Growth growth, Hearing hearing) {
            this.signed = signed;
            this.growth = growth;
            this.hearing = hearing;
            this.checkpoint = signed;
        }

        Cosigned run(List<WitnessLine> asked) throws InterruptedException {
            asked.forEach(line -> {
                open.put(line, ATTEMPTS);
                ask(line);
            });
            boolean enough = policy.judge(checkpoint).enough();
            if (enough) {
                shorten();
            }
            while (enough ? open.keySet().stream().anyMatch(WitnessLine::isPrompt) : !open.isEmpty()) {
                var event = events.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (event == null) {
                    break;
                }
                event.run();
                if (!enough && policy.judge(checkpoint).enough()) {
                    enough = true;
                    shorten();
                }
            }
            open.keySet().forEach(line -> {
                line.late();
                troubles.add(new WitnessTrouble(line.witness().name(), Code.SLOW, "no answer in time"));
            });
            return new Cosigned(checkpoint, enough, troubles, ahead);
        }

        private void shorten() {
            until = Math.min(until - System.nanoTime(), grace.toNanos()) + System.nanoTime();
        }

        private void ask(WitnessLine line) {
            if (!line.take(() -> events.add(() -> ask(line)))) {
                return;
            }
            boolean sent = false;
            try {
                long start = line.start(signed.size());
                long left = until - System.nanoTime();
                if (start > signed.size()) {
                    ahead.put(line.witness().name(), start);
                    fail(line, Code.AHEAD, "has cosigned " + start + " entries");
                } else if (left > 0) {
                    var proof = start == 0 || start == signed.size()
                            ? List.<byte[]>of()
                            : growth.consistency(start, signed.size());
                    // Also who is not waited for any more has its time to answer.
                    var answer = line.add(new AddCheckpoint(start, proof, signed), Math.max(left, REQUEST.toNanos()));
                    sent = true;
                    answer.whenComplete((response, e) -> {
                        Outcome outcome =
                                new Failed(new WitnessTrouble(line.witness().name(), Code.WRONG, "a bug"));
                        try {
                            outcome = read(line, start, response, e);
                            tell(line, outcome);
                        } finally {
                            line.free();
                            var known = outcome;
                            events.add(() -> take(line, known));
                        }
                    });
                }
            } finally {
                if (!sent) {
                    line.free();
                }
            }
        }

        private void tell(WitnessLine line, Outcome outcome) {
            if (outcome instanceof Signed signature) {
                hearing.cosigned(line.witness(), signature.checkpoint());
            } else if (outcome instanceof Failed failed) {
                hearing.failed(failed.trouble());
            }
        }

        /** On whatever thread the answer comes, also after the call has returned. */
        private Outcome read(
                WitnessLine line, long start, @Nullable HttpResponse<String> response, @Nullable Throwable e) {
            var name = line.witness().name();
            if (response == null) {
                return new Failed(unanswered(name, e));
            }
            try {
                if (response.statusCode() == 200) {
                    return signed(line, response.body());
                }
                if (response.statusCode() == 409) {
                    if (!response.headers()
                            .firstValue("Content-Type")
                            .filter(type -> type.startsWith(AddCheckpoint.SIZE_TYPE))
                            .isPresent()) {
                        return new Failed(new WitnessTrouble(name, Code.WRONG, "a conflict without a size"));
                    }
                    return elsewhere(line, start, AddCheckpoint.size(response.body()));
                }
            } catch (MalformedLogException | IllegalArgumentException malformed) {
                return new Failed(new WitnessTrouble(name, Code.WRONG, "an answer that cannot be read"));
            }
            return new Failed(new WitnessTrouble(
                    name,
                    response.statusCode() == 422 ? Code.INCONSISTENT : Code.REFUSED,
                    "status " + response.statusCode()));
        }

        private Outcome signed(WitnessLine line, String body) {
            var name = line.witness().name();
            var key = line.witness().key();
            var adopted = signed.adopt(body, key);
            if (adopted.isEmpty()) {
                return new Failed(new WitnessTrouble(name, Code.WRONG, "no cosignature that verifies"));
            }
            line.cosigned(signed.size());
            long time = adopted.get().cosignedAt(key).orElseThrow();
            long now = clock.instant().getEpochSecond();
            if (time < now - SKEW.toSeconds() || time > now + SKEW.toSeconds()) {
                return new Failed(new WitnessTrouble(name, Code.CLOCK, "cosigned at " + time + ", it is " + now));
            }
            return new Signed(body, adopted.get());
        }

        private Outcome elsewhere(WitnessLine line, long asked, long start) {
            var name = line.witness().name();
            if (start == asked) {
                return new Failed(new WitnessTrouble(name, Code.WRONG, "a conflict with what it says itself"));
            }
            if (start > signed.size()) {
                return new Further(start);
            }
            var odd = line.told(start)
                    ? Optional.of(
                            new WitnessTrouble(name, Code.WENT_BACK, "says that it cosigned " + start + " entries"))
                    : Optional.<WitnessTrouble>empty();
            return new Elsewhere(start, odd);
        }

        private void take(WitnessLine line, Outcome outcome) {
            if (outcome instanceof Signed signature) {
                checkpoint = checkpoint
                        .adopt(signature.lines(), line.witness().key())
                        .orElseThrow();
                open.remove(line);
            } else if (outcome instanceof Failed failed) {
                troubles.add(failed.trouble());
                open.remove(line);
            } else if (outcome instanceof Further further) {
                ahead.put(line.witness().name(), further.size());
                troubles.add(new WitnessTrouble(
                        line.witness().name(), Code.AHEAD, "says that it cosigned " + further.size() + " entries"));
                open.remove(line);
            } else {
                ((Elsewhere) outcome).odd().ifPresent(troubles::add);
                int left = open.getOrDefault(line, 0) - 1;
                open.put(line, left);
                if (left > 0) {
                    ask(line);
                } else {
                    fail(line, Code.WRONG, "another size each time");
                    hearing.failed(troubles.get(troubles.size() - 1));
                }
            }
        }

        private void fail(WitnessLine line, Code code, String detail) {
            troubles.add(new WitnessTrouble(line.witness().name(), code, detail));
            open.remove(line);
        }
    }

    /** Asks all witnesses at once, until the deadline, what they cosigned last. */
    public Newest newest() throws InterruptedException {
        var events = new LinkedBlockingQueue<Runnable>();
        var seen = new LinkedHashMap<String, Checkpoint>();
        var troubles = new ArrayList<WitnessTrouble>();
        long until = System.nanoTime() + deadline.toNanos();
        var open = new LinkedHashMap<String, WitnessLine>();
        for (var line : lines) {
            var name = line.witness().name();
            open.put(name, line);
            line.newest(log.name(), deadline.toNanos())
                    .whenComplete((response, e) -> events.add(() -> {
                        open.remove(name);
                        if (response == null) {
                            troubles.add(unanswered(name, e));
                        } else if (response.statusCode() == 200) {
                            shown(line, response.body())
                                    .ifPresentOrElse(
                                            checkpoint -> seen.put(name, checkpoint),
                                            () -> troubles.add(new WitnessTrouble(
                                                    name, Code.WRONG, "shows what the log and it did not both sign")));
                        } else if (response.statusCode() != 404) {
                            troubles.add(new WitnessTrouble(name, Code.REFUSED, "status " + response.statusCode()));
                        }
                    }));
        }
        while (!open.isEmpty()) {
            var event = events.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                break;
            }
            event.run();
        }
        open.keySet().forEach(name -> troubles.add(new WitnessTrouble(name, Code.SLOW, "no answer in time")));
        return new Newest(seen, troubles);
    }

    private Optional<Checkpoint> shown(WitnessLine line, String body) {
        try {
            var checkpoint = Checkpoint.parse(body);
            return checkpoint.origin().equals(log.name())
                            && checkpoint.verify(log)
                            && checkpoint.cosignedAt(line.witness().key()).isPresent()
                    ? Optional.of(checkpoint)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static WitnessTrouble unanswered(String witness, @Nullable Throwable e) {
        var cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return cause instanceof TimeoutException || cause instanceof HttpTimeoutException
                ? new WitnessTrouble(witness, Code.SLOW, "no answer in time")
                : new WitnessTrouble(witness, Code.DOWN, String.valueOf(cause));
    }
}
