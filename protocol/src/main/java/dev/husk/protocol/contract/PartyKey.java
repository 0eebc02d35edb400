package dev.husk.protocol.contract;

import dev.husk.protocol.json.Base64Url;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The public key that a party signs with: Ed25519, or ES256 for hardware tokens.
 *
 * <p>Immutable and safe to share between threads.
 */
public final class PartyKey {
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    /** What a key signs with, by its name in JWS (RFC 7518, RFC 8037). */
    enum Algorithm {
        EDDSA("EdDSA", "ed25519:", "Ed25519"),
        ES256("ES256", "es256:", "SHA256withECDSAinP1363Format");

        final String jws;
        final String prefix;
        final String jca;

        Algorithm(String jws, String prefix, String jca) {
            this.jws = jws;
            this.prefix = prefix;
            this.jca = jca;
        }
    }

    private final Algorithm algorithm;
    private final byte[] raw;
    private final PublicKey key;

    private PartyKey(Algorithm algorithm, byte[] raw, PublicKey key) {
        this.algorithm = algorithm;
        this.raw = raw;
        this.key = key;
    }

    /** @param raw 32 bytes (RFC 8032) */
    public static PartyKey ed25519(byte[] raw) {
        if (raw.length != 32) {
            throw new IllegalArgumentException("an Ed25519 key has 32 bytes, not " + raw.length);
        }
        byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + 32);
        System.arraycopy(raw, 0, encoded, ED25519_PREFIX.length, 32);
        try {
            return new PartyKey(
                    Algorithm.EDDSA,
                    raw.clone(),
                    KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an Ed25519 key", e);
        }
    }

    /**
     * Reads {@code ed25519:} and 32 bytes, or {@code es256:} and the 65 bytes of an uncompressed P-256 point, in
     * base64url.
     *
     * @throws IllegalArgumentException for anything else, a point off the curve included
     */
    public static PartyKey parse(String text) {
        if (text.startsWith(Algorithm.EDDSA.prefix)) {
            return ed25519(Base64Url.decode(text.substring(Algorithm.EDDSA.prefix.length())));
        }
        if (text.startsWith(Algorithm.ES256.prefix)) {
            return es256(Base64Url.decode(text.substring(Algorithm.ES256.prefix.length())));
        }
        throw new IllegalArgumentException("a key starts with ed25519: or es256:");
    }

    static PartyKey of(PublicKey key) {
        if (key instanceof ECPublicKey ec) {
            byte[] point = new byte[65];
            point[0] = 4;
            fixed(ec.getW().getAffineX(), point, 1);
            fixed(ec.getW().getAffineY(), point, 33);
            return es256(point);
        }
        byte[] encoded = key.getEncoded();
        return ed25519(Arrays.copyOfRange(encoded, ED25519_PREFIX.length, encoded.length));
    }

    static PartyKey es256(byte[] point) {
        if (point.length != 65 || point[0] != 4) {
            throw new IllegalArgumentException("an ES256 key is an uncompressed point of 65 bytes");
        }
        try {
            var parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec("secp256r1"));
            var curve = parameters.getParameterSpec(ECParameterSpec.class);
            var w = new ECPoint(
                    new BigInteger(1, Arrays.copyOfRange(point, 1, 33)),
                    new BigInteger(1, Arrays.copyOfRange(point, 33, 65)));
            requireOnCurve(w, curve);
            return new PartyKey(
                    Algorithm.ES256,
                    point.clone(),
                    KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(w, curve)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a P-256 key", e);
        }
    }

    private static void requireOnCurve(ECPoint w, ECParameterSpec parameters) {
        var curve = parameters.getCurve();
        var p = ((ECFieldFp) curve.getField()).getP();
        var x = w.getAffineX();
        var y = w.getAffineY();
        if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
            throw new IllegalArgumentException("a coordinate is not in the field");
        }
        var right = x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(p);
        if (!y.pow(2).mod(p).equals(right)) {
            throw new IllegalArgumentException("the point is not on P-256");
        }
    }

    private static void fixed(BigInteger value, byte[] target, int offset) {
        byte[] bytes = value.toByteArray();
        int skip = Math.max(0, bytes.length - 32);
        int length = bytes.length - skip;
        System.arraycopy(bytes, skip, target, offset + 32 - length, length);
    }

    /** Whether it is an Ed25519 key outside of the group's large part, for which signatures prove nothing. */
    boolean isWeak() {
        return algorithm == Algorithm.EDDSA && !Ed25519.validatePublicKeyFull(raw, 0);
    }

    Algorithm algorithm() {
        return algorithm;
    }

    /** The key's bytes: 32 of Ed25519, 65 of P-256. */
    public byte[] raw() {
        return raw.clone();
    }

    /** The form that stands in contracts. */
    public String text() {
        return algorithm.prefix + Base64Url.encode(raw);
    }

    /** Whether this key made {@code signature} (64 bytes) over {@code message}; never throws for bad signatures. */
    public boolean verify(byte[] message, byte[] signature) {
        if (signature.length != 64) {
            return false;
        }
        try {
            var verifier = Signature.getInstance(algorithm.jca);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // a scalar or point out of range proves nothing
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PartyKey that && algorithm == that.algorithm && Arrays.equals(raw, that.raw);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(raw);
    }

    @Override
    public String toString() {
        return text();
    }
}
