package dev.husk.runtime;

import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.tls.Authorities;
import dev.husk.runtime.attest.Gateway;
import dev.husk.snp.guest.EvidenceSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the command line says. Nothing is read from anywhere else: the agent policy pins the command line.
 *
 * @param attested empty where the command line says {@code --plain}
 */
record Settings(String host, int port, Optional<Attested> attested) {
    static final String USAGE = """
            usage: java --add-opens java.base/java.util=ALL-UNNAMED -cp .. dev.husk.runtime.Main [--host ADDRESS] [--port N]
                     --gateway URL [--gateway-ca PEM_FILE] --log-key VERIFIER_KEY
                     --evidence agent:URL|configfs-tsm|sev-guest|auto|simulator:URL
                   or --plain, for a runtime that never gets a key""";

    private static final Set<String> NAMES =
            Set.of("--host", "--port", "--gateway", "--gateway-ca", "--log-key", "--evidence");

    /** What a runtime needs that serves contracts. */
    record Attested(Gateway gateway, VerifierKey logKey, EvidenceSource evidence) {}

    /** @throws IllegalArgumentException saying what is wrong */
    static Settings parse(String... arguments) {
        boolean plain = false;
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            var name = arguments[i];
            if (name.equals("--plain")) {
                plain = true;
            } else if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("unknown argument " + name);
            } else if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(name + " needs a value");
            } else if (given.put(name, arguments[++i]) != null) {
                throw new IllegalArgumentException(name + " stands twice");
            }
        }
        var host = given.getOrDefault("--host", "0.0.0.0");
        int port = port(given.getOrDefault("--port", "8080"));
        if (plain) {
            if (given.containsKey("--gateway")
                    || given.containsKey("--gateway-ca")
                    || given.containsKey("--log-key")
                    || given.containsKey("--evidence")) {
                throw new IllegalArgumentException("--plain goes with no gateway");
            }
            return new Settings(host, port, Optional.empty());
        }
        return new Settings(
                host,
                port,
                Optional.of(new Attested(
                        gateway(given),
                        VerifierKey.parse(required(given, "--log-key")),
                        EvidenceSource.of(required(given, "--evidence")))));
    }

    private static Gateway gateway(Map<String, String> given) {
        var url = URI.create(required(given, "--gateway"));
        var file = given.get("--gateway-ca");
        if (file == null) {
            return new Gateway(url);
        }
        try {
            return new Gateway(url, Optional.of(Authorities.trusting(Files.readAllBytes(Path.of(file)))));
        } catch (IOException | CertificateException e) {
            throw new IllegalArgumentException("--gateway-ca: " + file + " holds no certificates in PEM", e);
        }
    }

    private static String required(Map<String, String> given, String name) {
        var value = given.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "a runtime without a gateway must say --plain; with one it needs " + name);
        }
        return value;
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65535) {
            throw new IllegalArgumentException("not a port: " + text);
        }
        return Integer.parseInt(text);
    }
}
