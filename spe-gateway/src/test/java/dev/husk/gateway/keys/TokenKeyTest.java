package dev.husk.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TokenKeyTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    @Test
    void aTokenCountsUntilItExpires() {
        var key = TokenKey.of(TokenKey.generate());
        var token = key.sign(claims(NOW.plusSeconds(300)));
        assertThat(key.verify(token, NOW)).isPresent();
        assertThat(key.verify(token, NOW.plusSeconds(300))).isEmpty();
    }

    @Test
    void noTokenOfAnotherKeyCounts() {
        var token = TokenKey.of(TokenKey.generate()).sign(claims(NOW.plusSeconds(300)));
        assertThat(TokenKey.of(TokenKey.generate()).verify(token, NOW)).isEmpty();
    }

    @Test
    void everyChangedCharacterAndEveryCutSpoilsAToken() {
        var key = TokenKey.of(TokenKey.generate());
        var token = key.sign(claims(NOW.plusSeconds(300)));
        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(key.verify(token.substring(0, i) + other + token.substring(i + 1), NOW))
                    .as("character %d", i)
                    .isEmpty();
            assertThat(key.verify(token.substring(0, i), NOW)).isEmpty();
        }
    }

    @Test
    void theAlgorithmIsNotTheTokensToChoose() {
        var key = TokenKey.of(TokenKey.generate());
        var parts = key.sign(claims(NOW.plusSeconds(300))).split("\\.");
        var none = dev.husk.protocol.json.Base64Url.encode(
                "{\"alg\":\"none\",\"typ\":\"JWT\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(key.verify(none + "." + parts[1] + ".", NOW)).isEmpty();
        assertThat(key.verify(none + "." + parts[1] + "." + parts[2], NOW)).isEmpty();
    }

    private static JsonObject claims(Instant expires) {
        var claims = new JsonObject();
        claims.addProperty("exp", expires.getEpochSecond());
        return claims;
    }
}
