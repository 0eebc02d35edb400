package dev.husk.gateway;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.file.Path;
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

    /** Trusted with everything: whoever reads this file can open every secret in the database. */
    public Path stateKeyFile() {
        return Path.of(required("HUSK_STATE_KEY_FILE"));
    }

    /** The root certificate of a simulator, DER; without one, simulated evidence is refused. */
    public Optional<Path> simulatedRoot() {
        return optional("HUSK_SIMULATED_ROOT").map(Path::of);
    }

    /** A folder with {@code Milan.crl}, {@code Genoa.crl}, {@code Turin.crl}; a product without a list is refused. */
    public Optional<Path> revocationLists() {
        return optional("HUSK_CRL_DIR").map(Path::of);
    }

    /** Where the gateway gets evidence about itself. */
    public String evidence() {
        return required("HUSK_EVIDENCE");
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

    private String required(String name) {
        return optional(name).orElseThrow(() -> new IllegalStateException(name + " is not set"));
    }

    private Optional<String> optional(String name) {
        return config.getOptionalValue(name, String.class);
    }

    @Override
    public String toString() {
        return "Configuration";
    }
}
