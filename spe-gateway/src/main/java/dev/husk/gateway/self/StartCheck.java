package dev.husk.gateway.self;

import dev.husk.gateway.Configuration;
import dev.husk.gateway.SafeAddress;
import dev.husk.gateway.log.WitnessFile;
import dev.husk.gateway.tls.ServerTrust;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.config.Config;

/** Looks at the configuration before anything is opened: what is missing, unsafe or misspelt. */
@Dependent
public class StartCheck {
    /** Every variable that the gateway or its server reads. */
    static final Set<String> KNOWN = Set.of(
            "HUSK_CHECKPOINT_FILE",
            "HUSK_COLLATERAL_DIR",
            "HUSK_CRL_DIR",
            "HUSK_DB_CA",
            "HUSK_DB_HOST",
            "HUSK_DB_NAME",
            "HUSK_DB_PASSWORD",
            "HUSK_DB_PORT",
            "HUSK_DB_SSLMODE",
            "HUSK_DB_USER",
            "HUSK_DRAIN",
            "HUSK_EVIDENCE",
            "HUSK_HOST",
            "HUSK_HTTPS_PORT",
            "HUSK_HTTP_PORT",
            "HUSK_ISSUER",
            "HUSK_ISSUER_CA",
            "HUSK_JWKS",
            "HUSK_JWKS_CACHE_SECONDS",
            "HUSK_JWKS_URL",
            "HUSK_LIMIT_EVIDENCE_CHECKS",
            "HUSK_LIMIT_HANDSHAKES",
            "HUSK_LIMIT_PARTY",
            "HUSK_LIMIT_PUBLIC",
            "HUSK_LIMIT_SANDBOX",
            "HUSK_LIMIT_STRANGERS",
            "HUSK_LOG_FORMAT",
            "HUSK_LOG_ORIGIN",
            "HUSK_LTPA_PASSWORD",
            "HUSK_METRICS_TOKEN",
            "HUSK_S3_ACCESS_KEY",
            "HUSK_S3_ENDPOINT",
            "HUSK_S3_SECRET_KEY",
            "HUSK_SIMULATED_ROOT",
            "HUSK_PEER_CA",
            "HUSK_PEER_PLATFORM",
            "HUSK_RECOVERY",
            "HUSK_SIMULATED_PEERS",
            "HUSK_STATE_KEY_FILE",
            "HUSK_STATE_KEY_SOURCE",
            "HUSK_TLS",
            "HUSK_TLS_CERTIFICATE",
            "HUSK_TLS_KEY",
            "HUSK_TRUSTED_PROXIES",
            "HUSK_WITNESSES");

    private static final List<String> REQUIRED = List.of(
            "HUSK_HTTP_PORT",
            "HUSK_DB_HOST",
            "HUSK_DB_PORT",
            "HUSK_DB_NAME",
            "HUSK_DB_USER",
            "HUSK_DB_PASSWORD",
            "HUSK_EVIDENCE",
            "HUSK_ISSUER",
            "HUSK_S3_ENDPOINT",
            "HUSK_S3_ACCESS_KEY",
            "HUSK_S3_SECRET_KEY",
            "HUSK_LOG_ORIGIN",
            "HUSK_LTPA_PASSWORD");

    private final Config config;
    private final Configuration configuration;

    @Inject
    public StartCheck(Config config) {
        this.config = config;
        this.configuration = new Configuration(config);
    }

    /** Names of the environment that look like the gateway's and are none: mistakes, most likely. */
    static Set<String> unknown(Iterable<String> names) {
        var unknown = new TreeSet<String>();
        for (var name : names) {
            if (name.startsWith("HUSK_") && !KNOWN.contains(name)) {
                unknown.add(name);
            }
        }
        return unknown;
    }

    /** Everything that forbids a start, one line each. */
    List<String> problems() {
        var problems = new ArrayList<String>();
        for (var name : REQUIRED) {
            if (text(name).isBlank()) {
                problems.add(name + " is not set");
            }
        }
        if (text("HUSK_STATE_KEY_SOURCE").isBlank()
                && text("HUSK_STATE_KEY_FILE").isBlank()) {
            problems.add("HUSK_STATE_KEY_SOURCE is not set");
        }
        if (!problems.isEmpty()) {
            return problems;
        }
        check(problems, configuration::numbers);
        check(problems, configuration::trustedProxies);
        stateKey(problems);
        check(problems, () -> requireSafe("HUSK_S3_ENDPOINT", configuration.storeEndpoint()));
        check(problems, this::issuer);
        check(problems, () -> configuration.witnesses().ifPresent(WitnessFile::read));
        check(problems, () -> ServerTrust.of("HUSK_PEER_CA", configuration.peerAuthorities()));
        database(problems);
        tls(problems);
        return problems;
    }

    /** Evidence of a genuine machine must not stand for a state key that its operator can read, or has simulators read. */
    private void stateKey(List<String> problems) {
        var source = configuration.stateKeyKind();
        boolean simulated = configuration.evidence().startsWith("simulator:");
        if (source.equals("file") && !simulated) {
            problems.add(
                    "HUSK_STATE_KEY_SOURCE is a file, which whoever runs this machine can read: that is for gateways"
                            + " whose HUSK_EVIDENCE is simulator:. Others take snp:PATH or peer:URL");
        }
        if (source.equals("snp") && configuration.simulatedPeers()) {
            problems.add(
                    "HUSK_SIMULATED_PEERS must not be yes where HUSK_STATE_KEY_SOURCE is snp: the processor's state"
                            + " key is not for simulated machines");
        }
    }

    private void issuer() {
        var keys = configuration.issuerKeys();
        if (keys.isPresent()) {
            requireSafe("HUSK_JWKS_URL", keys.get());
        } else if (!SafeAddress.holds(URI.create(configuration.issuer()))) {
            throw new IllegalStateException(
                    "HUSK_JWKS or HUSK_JWKS_URL must be set: HUSK_ISSUER is not https, or http on this machine");
        }
        ServerTrust.of("HUSK_ISSUER_CA", configuration.issuerAuthorities());
    }

    private void database(List<String> problems) {
        var mode = text("HUSK_DB_SSLMODE");
        if (!mode.equals("verify-full") && !SafeAddress.ofThisMachine(text("HUSK_DB_HOST"))) {
            problems.add("HUSK_DB_SSLMODE must be verify-full: HUSK_DB_HOST is not this machine");
        } else if (!Set.of("verify-full", "disable").contains(mode)) {
            problems.add("HUSK_DB_SSLMODE must be verify-full, or disable for a database on this machine");
        } else if (mode.equals("verify-full") && text("HUSK_DB_CA").isBlank()) {
            problems.add("HUSK_DB_CA is not set: verify-full needs the certificates to verify with");
        }
    }

    private void tls(List<String> problems) {
        if (text("HUSK_TLS").equals("on")) {
            for (var name : List.of("HUSK_HOST", "HUSK_HTTPS_PORT", "HUSK_TLS_CERTIFICATE", "HUSK_TLS_KEY")) {
                if (text(name).isBlank()) {
                    problems.add(name + " is not set: HUSK_TLS needs it");
                }
            }
        } else if (!Set.of("", "off").contains(text("HUSK_TLS"))) {
            problems.add("HUSK_TLS must be on or off");
        } else if (!SafeAddress.ofThisMachine(text("HUSK_HOST").isBlank() ? "localhost" : text("HUSK_HOST"))) {
            problems.add("HUSK_HOST is not this machine: that needs HUSK_TLS=on");
        }
    }

    private static void check(List<String> problems, Runnable check) {
        try {
            check.run();
        } catch (IllegalStateException | IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private static void requireSafe(String name, URI uri) {
        boolean file = name.equals("HUSK_JWKS_URL") && "file".equalsIgnoreCase(uri.getScheme());
        if (!file && !SafeAddress.holds(uri)) {
            throw new IllegalStateException(name + " must be https, or http on this machine");
        }
    }

    private String text(String name) {
        return config.getOptionalValue(name, String.class).orElse("");
    }
}
