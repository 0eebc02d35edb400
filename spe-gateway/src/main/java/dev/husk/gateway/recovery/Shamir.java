package dev.husk.gateway.recovery;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;

/**
 * Shamir's secret sharing, byte by byte over GF(2^8) with the polynomial of AES (FIPS 197, section 4.2). No table and no
 * branch depends on a secret.
 *
 * <p>Security guarantee: fewer shares than the threshold say nothing about the secret. Restriction: a wrong share is not
 * noticed, it gives another secret.
 */
final class Shamir {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Shamir() {}

    /**
     * Splits a secret.
     *
     * @param threshold how many shares give the secret
     * @param shares how many are made, 1 to 255; share {@code i} of the answer has the number {@code i + 1}
     */
    static byte[][] split(byte[] secret, int threshold, int shares) {
        if (threshold < 1 || threshold > shares || shares > 255) {
            throw new IllegalArgumentException("cannot make " + shares + " shares of which " + threshold + " count");
        }
        byte[][] all = new byte[shares][secret.length];
        byte[] polynomial = new byte[threshold];
        for (int i = 0; i < secret.length; i++) {
            RANDOM.nextBytes(polynomial);
            polynomial[0] = secret[i];
            for (int x = 1; x <= shares; x++) {
                all[x - 1][i] = (byte) evaluate(polynomial, x);
            }
        }
        Arrays.fill(polynomial, (byte) 0);
        return all;
    }

    /** @param shares by number, 1 to 255, all of one length */
    static byte[] join(Map<Integer, byte[]> shares) {
        if (shares.isEmpty() || shares.keySet().stream().anyMatch(x -> x < 1 || x > 255)) {
            throw new IllegalArgumentException("shares have numbers from 1 to 255");
        }
        int length = shares.values().iterator().next().length;
        byte[] secret = new byte[length];
        shares.forEach((number, share) -> {
            if (share.length != length) {
                throw new IllegalArgumentException("shares of one secret have one length");
            }
            int weight = weight(number, shares.keySet());
            for (int i = 0; i < length; i++) {
                secret[i] ^= (byte) multiply(share[i] & 0xff, weight);
            }
        });
        return secret;
    }

    /** Lagrange's basis polynomial of one number among all, at zero. */
    private static int weight(int number, Iterable<Integer> all) {
        int weight = 1;
        for (int other : all) {
            if (other != number) {
                weight = multiply(weight, multiply(other, inverse(number ^ other)));
            }
        }
        return weight;
    }

    /** By Horner's rule; the first coefficient is the constant one. */
    static int evaluate(byte[] polynomial, int x) {
        int y = 0;
        for (int i = polynomial.length - 1; i >= 0; i--) {
            y = multiply(y, x) ^ polynomial[i] & 0xff;
        }
        return y;
    }

    static int multiply(int a, int b) {
        int product = 0;
        int shifted = a;
        for (int bit = 0; bit < 8; bit++) {
            product ^= shifted & -(b >> bit & 1);
            shifted = shifted << 1 ^ 0x11b & -(shifted >> 7 & 1);
        }
        return product;
    }

    /** a^254, which is the inverse of every a but 0. */
    static int inverse(int a) {
        int power = a;
        int result = 1;
        for (int i = 0; i < 7; i++) {
            power = multiply(power, power);
            result = multiply(result, power);
        }
        return result;
    }
}
