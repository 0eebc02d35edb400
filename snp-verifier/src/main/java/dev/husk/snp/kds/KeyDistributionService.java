package dev.husk.snp.kds;

import dev.husk.snp.AttestationReport;
import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import dev.husk.snp.TcbVersion;
import dev.husk.snp.kds.CollateralException.Problem;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a verifier gets what it needs beside a report: from a directory, else from a cache on disk, else from AMD's Key
 * Distribution Service or a mirror of it.
 *
 * <p>What comes out is untrusted until {@link dev.husk.snp.SnpVerifier} has judged it. It is what was asked for (the
 * chip, the TCB, the product, a chain whose certificates signed each other), which a forger can arrange as well.
 *
 * <p>Who sends reports chooses which chips are asked for: callers that take reports from anybody should ask for the
 * chips that they know, or bound how often they ask. An instance is safe to share between threads, and any number of
 * instances and processes may share a cache directory, which nobody else should be able to write to.
 */
public final class KeyDistributionService {
    /** AMD's own server. */
    public static final URI AMD = URI.create("https://kdsintf.amd.com/");

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int LONGEST_ADDRESS = 500;

    private final Optional<Remote> remote;
    private final Optional<CollateralDirectory> directory;
    private final Staleness staleness;
    private final Clock clock;
    private final SingleFlight flights = new SingleFlight();

    private KeyDistributionService(
            Optional<Remote> remote, Optional<CollateralDirectory> directory, Staleness staleness, Clock clock) {
        this.remote = remote;
        this.directory = directory;
        this.staleness = staleness;
        this.clock = clock;
    }

    /** AMD's server over HTTPS. */
    public static KeyDistributionService amd(Path cache, Clock clock) {
        return at(AMD, Transport.https(TIMEOUT), cache, clock);
    }

    /**
     * A mirror of AMD's server, or another way to reach it.
     *
     * @param server has {@code vcek/v1/..} below it
     * @param cache a directory, made where it is not there; what different servers gave is kept apart in it
     * @throws IllegalArgumentException for an address with a query, a user, or more than 500 characters
     */
    public static KeyDistributionService at(URI server, Transport transport, Path cache, Clock clock) {
        return at(server, transport, cache, clock, Sleeper.real());
    }

    static KeyDistributionService at(URI server, Transport transport, Path cache, Clock clock, Sleeper sleeper) {
        var text = server.toASCIIString();
        if (server.getHost() == null
                || server.getRawQuery() != null
                || server.getRawFragment() != null
                || server.getRawUserInfo() != null
                || text.length() > LONGEST_ADDRESS) {
            throw new IllegalArgumentException("not the address of a Key Distribution Service: " + server);
        }
        var base = text.endsWith("/") ? URI.create(text) : URI.create(text + "/");
        return new KeyDistributionService(
                Optional.of(new Remote(base, transport, cache, Patience.usual(), sleeper)),
                Optional.empty(),
                Staleness.usual(),
                clock);
    }

    /** A directory alone, for machines without network; nothing is written. */
    public static KeyDistributionService offline(Path directory, Clock clock) {
        return new KeyDistributionService(
                Optional.empty(), Optional.of(new CollateralDirectory(directory)), Staleness.usual(), clock);
    }

    /** The same, looking into a directory first. It is read and never written. */
    public KeyDistributionService withDirectory(Path other) {
        return new KeyDistributionService(remote, Optional.of(new CollateralDirectory(other)), staleness, clock);
    }

    /** The same with other bounds on revocation lists. */
    public KeyDistributionService with(Staleness other) {
        return new KeyDistributionService(remote, directory, other, clock);
    }

    /** The same with other waits; of no meaning offline. */
    public KeyDistributionService with(Patience other) {
        return new KeyDistributionService(remote.map(server -> server.with(other)), directory, staleness, clock);
    }

    /**
     * The certificate of a chip's key, DER.
     *
     * @throws IllegalArgumentException as {@link Collateral#vcek}
     */
    public Bytes vcek(Product product, Bytes chipId, TcbVersion reported) throws CollateralException {
        return find(Collateral.vcek(product, chipId, reported)).der().get(0);
    }

    /** ASK or ASVK, then ARK, DER. */
    public List<Bytes> chain(Product product, SigningKey key) throws CollateralException {
        return find(Collateral.chain(product, key)).der();
    }

    /** The revocation list of a product, DER, as {@link dev.husk.snp.Revocation#lists} takes it. */
    public Bytes revocationList(Product product) throws CollateralException {
        return find(Collateral.revocationList(product)).der().get(0);
    }

    /**
     * The certificate of the key that signed a report: enough for a verifier that has the ones above it built in. Asks
     * for nothing where {@code given} has it.
     *
     * @param report need not have been judged
     * @param given as for {@link #certificates}
     */
    public Bytes leaf(AttestationReport report, List<Bytes> given) throws CollateralException {
        var chain = new Completion(given).chain(report);
        return chain.isEmpty() ? find(Collateral.endorsing(report)).der().get(0) : chain.get(0);
    }

    /**
     * The certificates to judge a report with, the leaf first. Asks for nothing where {@code given} has them all.
     *
     * @param report need not have been judged
     * @param given what came with the report, DER, in any order; a leaf for another TCB or chip is passed over, which is
     *     what hosts send after an update of their firmware
     */
    public List<Bytes> certificates(AttestationReport report, List<Bytes> given) throws CollateralException {
        var chain = new Completion(given).chain(report);
        if (chain.size() == 3) {
            return chain;
        }
        var leaf = chain.isEmpty() ? find(Collateral.endorsing(report)).der() : chain;
        return Stream.concat(leaf.stream(), chain(report.product(), report.signingKey()).stream())
                .toList();
    }

    /** A piece, and where it was. */
    public Found find(Collateral wanted) throws CollateralException {
        var held = atHand().held(wanted);
        if (held.isPresent() && held.get().fresh(wanted, clock.instant(), staleness)) {
            return held.get().found();
        }
        if (remote.isEmpty()) {
            return instead(
                    wanted, new CollateralException(Problem.UNREACHABLE, "without network there is not " + wanted));
        }
        var server = remote.get();
        try {
            return flights.fly(wanted, () -> server.locks().holding(wanted, () -> refresh(wanted, server)));
        } catch (CollateralException e) {
            return instead(wanted, e);
        }
    }

    /** What is at hand, though it is due to be fetched anew. */
    private Found instead(Collateral wanted, CollateralException problem) throws CollateralException {
        var now = clock.instant();
        var held = atHand().held(wanted);
        if (held.isPresent() && held.get().usable(wanted, now, staleness)) {
            return held.get().found().despite(problem);
        }
        throw problem.with(atHand().whereElse(wanted, now));
    }

    /** Drops a piece from the cache: what a verifier did not believe may have been forged, or damaged on its way. */
    public void forget(Collateral wanted) throws CollateralException {
        if (remote.isPresent()) {
            var server = remote.get();
            server.locks().holding(wanted, () -> {
                server.kept().delete(wanted);
                return wanted;
            });
        }
    }

    /** How many threads wait for a flight of another, for tests to see. */
    int waiting(Collateral wanted) {
        return flights.waiting(wanted);
    }

    private Found refresh(Collateral wanted, Remote server) throws CollateralException {
        // Another thread or process may have been faster.
        var held = atHand().held(wanted);
        if (held.isPresent() && held.get().fresh(wanted, clock.instant(), staleness)) {
            return held.get().found();
        }
        var contents = server.server(clock).fetch(wanted, fetched -> refuseOld(wanted, fetched, held));
        server.kept().write(wanted, contents, clock.instant());
        return Found.of(contents, Found.Origin.SERVER);
    }

    /** An expired list is of no use, and one from before the usable one at hand hides what was revoked since. */
    private void refuseOld(Collateral wanted, Contents fetched, Optional<Held> held) throws MismatchException {
        var now = clock.instant();
        if (wanted.kind() != Collateral.Kind.REVOCATION_LIST) {
            return;
        }
        if (fetched.from().isAfter(now)) {
            throw new MismatchException("one of the future, " + fetched.from());
        }
        if (now.isAfter(fetched.until().plus(staleness.pastNextUpdate()))) {
            throw new MismatchException("one that expired at " + fetched.until());
        }
        if (held.isPresent()
                && held.get().usable(wanted, now, staleness)
                && fetched.from().isBefore(held.get().contents().from())) {
            throw new MismatchException("one of %s, older than the one at hand".formatted(fetched.from()));
        }
    }

    private AtHand atHand() {
        return new AtHand(directory, remote.map(Remote::kept), staleness);
    }
}
