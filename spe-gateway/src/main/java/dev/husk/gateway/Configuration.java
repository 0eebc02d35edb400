package dev.husk.gateway;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * What the operator sets, by environment (docs/architecture.md lists each with the trust it carries). A value that
 * must be there and is not stops the start.
 */
@Dependent
public class Configuration {
    private final Config config;

    @Inject
    public Configuration(Config config) {
        this.config = config;
    }

    /** Where the state key comes from: {@code file:PATH}, {@code snp:PATH} or {@code peer:URL}. Trusted with everything. */
    public String stateKeySource() {
        return optional("HUSK_STATE_KEY_SOURCE")
                .or(() -> optional("HUSK_STATE_KEY_FILE").map(file -> "file:" + file))
                .orElseThrow(() -> new IllegalStateException("HUSK_STATE_KEY_SOURCE is not set"));
    }

    /** The kind of that source: {@code file}, {@code snp} or {@code peer}. */
    public String stateKeyKind() {
        var source = stateKeySource();
        return source.substring(0, Math.max(0, source.indexOf(':')));
    }

    /** A platform, as in contracts: what another replica must be to get the state key, or to give it. */
    public Optional<Path> peerPlatform() {
        return optional("HUSK_PEER_PLATFORM").map(Path::of);
    }

    /**
     * PEM; who vouches for the host of the replica that gives the state key, instead of the authorities of the JVM.
     * Trusted for availability: the key is sealed to this machine, and the replica proves what it is.
     */
    public Optional<Path> peerAuthorities() {
        return optional("HUSK_PEER_CA").map(Path::of);
    }

    /** Whether simulated replicas may hand the state key to each other. */
    public boolean simulatedPeers() {
        return optional("HUSK_SIMULATED_PEERS").map("yes"::equals).orElse(false);
    }

    /** Who holds shares of the state key, and how many of them recover it: a JSON file. */
    public Optional<Path> recovery() {
        return optional("HUSK_RECOVERY").map(Path::of);
    }

    /**
     * Where the newest checkpoint is kept outside the database; beside the state key's file where nothing is said, and
     * nowhere where there is no such file.
     */
    public Optional<Path> checkpointFile() {
        return optional("HUSK_CHECKPOINT_FILE").map(Path::of).or(() -> {
            var source = stateKeySource();
            return source.matches("(file|snp):.*")
                    ? Optional.of(Path.of(source.substring(source.indexOf(':') + 1) + ".checkpoint"))
                    : Optional.empty();
        });
    }

    /** The root certificate of a simulator, and its intermediates behind it, if any; without one, it is refused. */
    public Optional<Path> simulatedRoot() {
        return optional("HUSK_SIMULATED_ROOT").map(Path::of);
    }

    /** A folder with {@code Milan.crl}, {@code Genoa.crl}, {@code Turin.crl}; a product without a list is refused. */
    public Optional<Path> revocationLists() {
        return optional("HUSK_CRL_DIR").map(Path::of);
    }

    /**
     * A folder with the certificates of chips whose hosts send none with their reports, as {@code husk snp fetch} writes
     * it.
     */
    public Optional<Path> collateral() {
        return optional("HUSK_COLLATERAL_DIR").map(Path::of);
    }

    /** Where the gateway gets evidence about itself. */
    public String evidence() {
        return required("HUSK_EVIDENCE");
    }

    /** A C2SP tlog-policy file: who cosigns the log, where they are, and how many must answer at the start. */
    public Optional<Path> witnesses() {
        return optional("HUSK_WITNESSES").map(Path::of);
    }

    public String logOrigin() {
        return required("HUSK_LOG_ORIGIN");
    }

    /** Trusted for availability alone. */
    public URI storeEndpoint() {
        return URI.create(required("HUSK_S3_ENDPOINT"));
    }

    public String storeAccessKey() {
        return required("HUSK_S3_ACCESS_KEY");
    }

    public String storeSecretKey() {
        return required("HUSK_S3_SECRET_KEY");
    }

    /** The {@code iss} of parties' tokens. */
    public String issuer() {
        return required("HUSK_ISSUER");
    }

    /**
     * The issuer's keys: {@code file:}, {@code https:}, or {@code http:} on this machine; where nothing is said, the
     * issuer's discovery document names them.
     */
    public Optional<URI> issuerKeys() {
        return optional("HUSK_JWKS_URL")
                .map(URI::create)
                .or(() -> optional("HUSK_JWKS").map(file -> Path.of(file).toUri()));
    }

    /** PEM; who vouches for the issuer's host, instead of the authorities of the JVM. */
    public Optional<Path> issuerAuthorities() {
        return optional("HUSK_ISSUER_CA").map(Path::of);
    }

    /** How long the issuer's keys are used without asking anew: so long may a withdrawn key still be taken. */
    public int issuerKeysSeconds() {
        return number("HUSK_JWKS_CACHE_SECONDS", 300, 1);
    }

    /** Opens the figures; without one nobody reads them. */
    public Optional<String> metricsToken() {
        return optional("HUSK_METRICS_TOKEN");
    }

    /** Requests of the KBS handshake that one address may make in a minute. */
    public int handshakesPerMinute() {
        return number("HUSK_LIMIT_HANDSHAKES", 6000, 1);
    }

    /** Requests to what is open to everyone that one address may make in a minute. */
    public int publicPerMinute() {
        return number("HUSK_LIMIT_PUBLIC", 6000, 1);
    }

    /** Requests that one party may make in a minute. */
    public int partyPerMinute() {
        return number("HUSK_LIMIT_PARTY", 3000, 1);
    }

    /** Requests that one attested sandbox may make in a minute. */
    public int sandboxPerMinute() {
        return number("HUSK_LIMIT_SANDBOX", 1200, 1);
    }

    /** How many requests that carry no valid sandbox token are answered at a time, and as many of parties' besides. */
    public int strangersAtOnce() {
        return number("HUSK_LIMIT_STRANGERS", 64, 1);
    }

    /** How many pieces of evidence are checked at a time. */
    public int evidenceChecks() {
        return number("HUSK_LIMIT_EVIDENCE_CHECKS", 4, 1);
    }

    /** Proxies whose word on the addresses of clients counts, for limits alone; addresses and networks. */
    public Proxies trustedProxies() {
        try {
            return Proxies.parse(optional("HUSK_TRUSTED_PROXIES").orElse(""));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("HUSK_TRUSTED_PROXIES: " + e.getMessage(), e);
        }
    }

    /** For how long a gateway that was told to end still answers, while it says that it is not ready. */
    public Duration drain() {
        return Duration.ofSeconds(number("HUSK_DRAIN", 5, 0));
    }

    /** Whether the gateway can be reached off this machine, by TLS alone. */
    public boolean tls() {
        return optional("HUSK_TLS").filter("on"::equals).isPresent();
    }

    /** The certificate, with its chain, that the gateway shows off this machine; PEM. */
    public Optional<Path> tlsCertificate() {
        return optional("HUSK_TLS_CERTIFICATE").map(Path::of);
    }

    /** Its private key, PEM. Trusted with the channel to sandboxes and parties, not with what is sealed inside it. */
    public Path tlsKey() {
        return Path.of(required("HUSK_TLS_KEY"));
    }

    /** @throws IllegalStateException naming the first setting that must be a number and is none */
    public void numbers() {
        issuerKeysSeconds();
        handshakesPerMinute();
        publicPerMinute();
        partyPerMinute();
        sandboxPerMinute();
        strangersAtOnce();
        evidenceChecks();
        drain();
    }

    /** @throws IllegalStateException naming the setting that is no number, or too small */
    private int number(String name, int otherwise, int least) {
        var text = optional(name);
        try {
            int value = text.isEmpty() ? otherwise : Integer.parseInt(text.get().strip());
            if (value >= least) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Falls through to the same answer.
        }
        throw new IllegalStateException(name + " must be a whole number from " + least);
    }

    private String required(String name) {
        return optional(name).orElseThrow(() -> new IllegalStateException(name + " is not set"));
    }

    private Optional<String> optional(String name) {
        return config.getOptionalValue(name, String.class).filter(value -> !value.isBlank());
    }

    @Override
    public String toString() {
        return "Configuration";
    }
}
