package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.protocol.json.Base64Url;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What servers have written about their work. */
final class Logs {
    private Logs() {}

    /**
     * Looks for secrets in every file below a folder but the server's own archives: as bytes, hex, base64 and base64url.
     *
     * @return how many files were looked at
     */
    static int assertWithout(Path folder, Map<String, byte[]> secrets) throws IOException {
        int seen = 0;
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (file.toString().matches(".*\\.(jar|war|class|key)")
                        || file.toString().contains("/workarea/")) {
                    continue;
                }
                var text = Files.readString(file, StandardCharsets.ISO_8859_1);
                secrets.forEach((name, secret) -> {
                    for (var form : forms(secret)) {
                        assertThat(text.contains(form))
                                .as("%s in %s", name, file)
                                .isFalse();
                    }
                });
                seen++;
            }
        }
        return seen;
    }

    private static List<String> forms(byte[] secret) {
        var hex = HexFormat.of().formatHex(secret);
        return List.of(
                new String(secret, StandardCharsets.ISO_8859_1),
                hex,
                hex.toUpperCase(Locale.ROOT),
                Base64Url.encode(secret),
                Base64.getEncoder().withoutPadding().encodeToString(secret));
    }
}
