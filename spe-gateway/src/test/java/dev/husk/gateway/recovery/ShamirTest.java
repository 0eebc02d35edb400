package dev.husk.gateway.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShamirTest {
    @Test
    void theFieldIsTheOneOfAes() {
        // FIPS 197, sections 4.2 and 4.2.1.
        assertThat(Shamir.multiply(0x57, 0x83)).isEqualTo(0xc1);
        assertThat(Shamir.multiply(0x57, 0x13)).isEqualTo(0xfe);
        assertThat(Shamir.multiply(0x57, 0x02)).isEqualTo(0xae);
        assertThat(Shamir.multiply(0x57, 0x10)).isEqualTo(0x07);
        // The inverse pair that FIPS 197's worked example of the S-box starts from.
        assertThat(Shamir.multiply(0x53, 0xca)).isEqualTo(1);
    }

    @Test
    void everyElementButZeroHasItsInverse() {
        for (int a = 1; a < 256; a++) {
            assertThat(Shamir.multiply(a, Shamir.inverse(a))).as("%d", a).isEqualTo(1);
        }
        assertThat(Shamir.inverse(0)).isZero();
    }

    @Test
    void multiplicationCommutesAndDistributes() {
        var random = new Random(4);
        for (int i = 0; i < 10_000; i++) {
            int a = random.nextInt(256);
            int b = random.nextInt(256);
            int c = random.nextInt(256);
            assertThat(Shamir.multiply(a, b)).isEqualTo(Shamir.multiply(b, a));
            assertThat(Shamir.multiply(a, b ^ c)).isEqualTo(Shamir.multiply(a, b) ^ Shamir.multiply(a, c));
        }
    }

    @Test
    void knownPointsGiveTheKnownSecret() {
        // Of f(x) = 0x2a + 7 x + 3 x^2, worked out by hand: f(1) = 2a^07^03, f(2) = 2a^0e^0c, f(3) = 2a^09^0f.
        assertThat(Shamir.evaluate(new byte[] {0x2a, 7, 3}, 1)).isEqualTo(0x2e);
        assertThat(Shamir.evaluate(new byte[] {0x2a, 7, 3}, 2)).isEqualTo(0x28);
        assertThat(Shamir.evaluate(new byte[] {0x2a, 7, 3}, 3)).isEqualTo(0x2c);
        assertThat(Shamir.join(Map.of(1, new byte[] {0x2e}, 2, new byte[] {0x28}, 3, new byte[] {0x2c})))
                .containsExactly(0x2a);
    }

    @Test
    void anyThresholdOfTheSharesGivesTheSecretInAnyOrder() {
        var random = new Random(40);
        for (int round = 0; round < 300; round++) {
            int shares = 2 + random.nextInt(9);
            int threshold = 2 + random.nextInt(shares - 1);
            byte[] secret = new byte[32];
            random.nextBytes(secret);
            byte[][] all = Shamir.split(secret, threshold, shares);
            var some = new HashMap<Integer, byte[]>();
            while (some.size() < threshold + random.nextInt(shares - threshold + 1)) {
                int number = 1 + random.nextInt(shares);
                some.put(number, all[number - 1]);
            }
            assertThat(Shamir.join(some)).isEqualTo(secret);
        }
    }

    @Test
    void oneShareLessFitsEverySecret() {
        // Of a byte split 2 of 2, one share with each possible other gives each possible byte exactly once.
        byte[] known = Shamir.split(new byte[] {77}, 2, 2)[0];
        var secrets = new java.util.HashSet<Byte>();
        for (int other = 0; other < 256; other++) {
            secrets.add(Shamir.join(Map.of(1, known, 2, new byte[] {(byte) other}))[0]);
        }
        assertThat(secrets).hasSize(256);
    }

    @Test
    void impossibleSplitsAndSharesAreRefused() {
        assertThatThrownBy(() -> Shamir.split(new byte[32], 3, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Shamir.split(new byte[32], 2, 256)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Shamir.join(Map.of(0, new byte[32]))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Shamir.join(Map.of(1, new byte[32], 2, new byte[31])))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
