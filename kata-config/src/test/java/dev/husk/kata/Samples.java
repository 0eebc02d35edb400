package dev.husk.kata;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** Values as a deployment has them. */
final class Samples {
    static final String DIGEST = "sha256:" + "1".repeat(64);
    static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";

    private Samples() {}

    static Pinned pinned() {
        return pinned("/opt/java/bin/java", "@/opt/husk/java.args", "dev.husk.runtime.Main");
    }

    static Pinned pinned(String... command) {
        return new Pinned(
                List.of("registry.example.org/husk/java-husk:1.0@" + DIGEST),
                List.of(command),
                10001,
                Map.of("PATH", "/opt/java/bin:/usr/bin"),
                Pinned.PLATFORM_NAMES,
                URI.create("https://gateway.example.org:8480"),
                CERTIFICATE);
    }
}
