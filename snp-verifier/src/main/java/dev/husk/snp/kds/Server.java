package dev.husk.snp.kds;

import dev.husk.snp.kds.CollateralException.Problem;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A Key Distribution Service, asked with restraint: never before the moment it named, and ever more seldom while it fails. */
final class Server {
    private static final int OK = 200;
    private static final int TIMEOUT = 408;
    private static final int TOO_MANY = 429;

    private final URI base;
    private final Transport transport;
    private final Standing standing;
    private final Patience patience;
    private final Clock clock;
    private final Sleeper sleeper;

    Server(URI base, Transport transport, Standing standing, Patience patience, Clock clock, Sleeper sleeper) {
        this.base = base;
        this.transport = transport;
        this.standing = standing;
        this.patience = patience;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /** What else the answer must satisfy. */
    interface Condition {
        void check(Contents fetched) throws MismatchException;
    }

    /** Asks until there is an answer that tells something, or the patience for one call ends. */
    Contents fetch(Collateral wanted, Condition condition) throws CollateralException {
        var deadline = clock.instant().plus(patience.call());
        var last = "failed a moment ago, or limits its callers";
        while (true) {
            awaitTurn(wanted, deadline, last);
            var address = URI.create(base + wanted.address());
            try {
                var response = transport.get(address, wanted.maximum() + 1);
                if (response.status() == OK) {
                    return read(wanted, response, address, condition);
                }
                if (refuses(response.status())) {
                    if (wanted.namedByReport()) {
                        // Whoever writes a report chooses its chip, and must not make the server look broken.
                        standing.answered(clock.instant());
                    } else {
                        failed(response);
                    }
                    throw new CollateralException(
                            Problem.ABSENT,
                            "%s is not at %s (status %d)".formatted(wanted, address, response.status()));
                }
                failed(response);
                last = "answers with status " + response.status();
                if (response.status() < 400) {
                    throw unreachable(
                            wanted, last, standing.read(clock.instant()).notBefore());
                }
            } catch (IOException e) {
                failed(Instant.EPOCH);
                last = "does not answer (%s)".formatted(e.getMessage());
            } catch (InterruptedException e) {
                throw interrupted(wanted);
            }
        }
    }

    private static boolean refuses(int status) {
        return status >= 400 && status < 500 && status != TIMEOUT && status != TOO_MANY;
    }

    private Contents read(Collateral wanted, Transport.Response response, URI address, Condition condition)
            throws CollateralException {
        try {
            var contents = wanted.read(response.body());
            condition.check(contents);
            standing.answered(clock.instant());
            return contents;
        } catch (MismatchException e) {
            failed(Instant.EPOCH);
            throw new CollateralException(
                    Problem.UNTRUE, "asked for %s, %s gave %s".formatted(wanted, address, e.getMessage()));
        }
    }

    private void failed(Transport.Response response) throws CollateralException {
        var now = clock.instant();
        failed(response.retryAfter()
                .flatMap(value -> RetryAfter.parse(value, now))
                .orElse(Instant.EPOCH));
    }

    /** @param named by the server; what the usual pause would give where that is later */
    private void failed(Instant named) throws CollateralException {
        var now = clock.instant();
        var pause = patience.after(standing.read(now).failures() + 1);
        if (named.isAfter(now.plus(pause))) {
            pause = patience.bounded(Duration.between(now, named));
        }
        standing.failed(now.plus(pause), now);
    }

    /** Returns at a moment at which the server may be called. */
    private void awaitTurn(Collateral wanted, Instant deadline, String last) throws CollateralException {
        while (true) {
            var now = clock.instant();
            var turn = standing.read(now).notBefore();
            if (!now.isBefore(turn)) {
                return;
            }
            if (turn.isAfter(deadline)) {
                throw unreachable(wanted, last, turn);
            }
            try {
                sleeper.sleep(Duration.between(now, turn));
            } catch (InterruptedException e) {
                throw interrupted(wanted);
            }
        }
    }

    private CollateralException unreachable(Collateral wanted, String last, Instant turn) {
        return new CollateralException(
                Problem.UNREACHABLE,
                "asked for %s, but %s %s; it is not called before %s".formatted(wanted, base, last, turn),
                turn);
    }

    private static CollateralException interrupted(Collateral wanted) {
        Thread.currentThread().interrupt();
        return new CollateralException(Problem.UNREACHABLE, "interrupted while fetching " + wanted);
    }
}
