package dev.husk.gateway.party;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.gateway.SafeAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A discovery document in the hands of somebody else: it names a safe address, or nothing. */
class DiscoveryTest {
    private static final String ISSUER = "https://issuer.example/realms/a";
    private static final byte[] GOOD = ("{\"issuer\":\"" + ISSUER
                    + "\",\"jwks_uri\":\"https://issuer.example/keys\",\"more\":[1,{\"a\":null}]}")
            .getBytes(StandardCharsets.UTF_8);

    @Test
    void theAddressOfTheKeysIsRead() throws Exception {
        assertThat(Discovery.keys(GOOD, ISSUER)).isEqualTo(URI.create("https://issuer.example/keys"));
    }

    @Test
    void everyTruncationIsRefused() {
        for (int length = 0; length < GOOD.length; length++) {
            assertThat(namesKeys(Arrays.copyOf(GOOD, length)))
                    .as("%d bytes", length)
                    .isFalse();
        }
    }

    @Test
    void everyFlippedBitGivesASafeAddressOrNone() {
        for (int bit = 0; bit < GOOD.length * 8; bit++) {
            byte[] flipped = GOOD.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            namesKeys(flipped);
        }
    }

    @Test
    void manyChangesGiveASafeAddressOrNone() {
        var random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            byte[] changed = Arrays.copyOf(GOOD, GOOD.length + random.nextInt(3));
            for (int change = random.nextInt(6); change >= 0; change--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            namesKeys(changed);
        }
    }

    @Test
    void aMemberThatStandsTwiceIsRefused() {
        var twice = new String(GOOD, StandardCharsets.UTF_8).replace("{\"issuer\"", "{\"issuer\":\"x\",\"issuer\"");
        assertThat(namesKeys(twice.getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    /** Anything but an {@link IOException} fails the test. */
    private static boolean namesKeys(byte[] document) {
        try {
            assertThat(Discovery.keys(document, ISSUER)).matches(SafeAddress::holds, "safe");
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
