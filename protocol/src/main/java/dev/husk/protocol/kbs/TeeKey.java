package dev.husk.protocol.kbs;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.Base64Url;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;

/**
 * The public key that a sandbox puts into its evidence and that secrets are wrapped to: EC P-256 or P-521 with
 * {@code ECDH-ES+A256KW}, or RSA with {@code RSA-OAEP-256}.
 *
 * <p>The JWK holds the known members alone, as the protocol hashes them. Immutable.
 */
public final class TeeKey {
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 4096;

    private final PublicKey key;
    private final JsonObject jwk;

    private TeeKey(PublicKey key, JsonObject jwk) {
        this.key = key;
        this.jwk = jwk;
    }

    /** A fresh key pair on P-256. */
    public static KeyPair generate() {
        return generate(Curve.P256);
    }

    static KeyPair generate(Curve curve) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve.jca));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static TeeKey of(ECPublicKey key) {
        var curve = Curve.ofSize(key.getParams().getCurve().getField().getFieldSize());
        var jwk = new JsonObject();
        jwk.addProperty("alg", Jwe.ECDH);
        jwk.addProperty("crv", curve.jwk);
        jwk.addProperty("kty", "EC");
        jwk.addProperty("x", Base64Url.encode(fixed(key.getW().getAffineX(), curve.bytes)));
        jwk.addProperty("y", Base64Url.encode(fixed(key.getW().getAffineY(), curve.bytes)));
        return new TeeKey(key, jwk);
    }

    /** @throws IllegalArgumentException for another type, curve or algorithm, or a point off its curve */
    public static TeeKey parse(JsonObject jwk) {
        try {
            return switch (text(jwk, "kty")) {
                case "EC" -> ec(jwk);
                case "RSA" -> rsa(jwk);
                default -> throw new IllegalArgumentException("kty must be EC or RSA");
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a usable key", e);
        }
    }

    private static TeeKey ec(JsonObject jwk) throws GeneralSecurityException {
        if (!text(jwk, "alg").equals(Jwe.ECDH)) {
            throw new IllegalArgumentException("alg of an EC key must be " + Jwe.ECDH);
        }
        var curve = Curve.ofName(text(jwk, "crv"));
        byte[] x = Base64Url.decode(text(jwk, "x"));
        byte[] y = Base64Url.decode(text(jwk, "y"));
        if (x.length != curve.bytes || y.length != curve.bytes) {
            throw new IllegalArgumentException("a coordinate of " + curve.jwk + " has " + curve.bytes + " bytes");
        }
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(curve.jca));
        var spec = parameters.getParameterSpec(ECParameterSpec.class);
        var w = new ECPoint(new BigInteger(1, x), new BigInteger(1, y));
        requireOnCurve(w, spec);
        return of((ECPublicKey) KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(w, spec)));
    }

    private static void requireOnCurve(ECPoint w, ECParameterSpec spec) {
        var curve = spec.getCurve();
        var p = ((ECFieldFp) curve.getField()).getP();
        var x = w.getAffineX();
        var y = w.getAffineY();
        boolean inField = x.compareTo(p) < 0 && y.compareTo(p) < 0;
        var right = x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(p);
        if (!inField || !y.pow(2).mod(p).equals(right)) {
            throw new IllegalArgumentException("the point is not on the curve");
        }
    }

    private static TeeKey rsa(JsonObject jwk) throws GeneralSecurityException {
        if (!text(jwk, "alg").equals(Jwe.OAEP)) {
            throw new IllegalArgumentException("alg of an RSA key must be " + Jwe.OAEP);
        }
        var n = new BigInteger(1, Base64Url.decode(text(jwk, "n")));
        var e = new BigInteger(1, Base64Url.decode(text(jwk, "e")));
        if (n.bitLength() < MIN_RSA_BITS || n.bitLength() > MAX_RSA_BITS || !n.testBit(0)) {
            throw new IllegalArgumentException("an RSA key has %d to %d bits".formatted(MIN_RSA_BITS, MAX_RSA_BITS));
        }
        if (!e.equals(BigInteger.valueOf(65537))) {
            throw new IllegalArgumentException("the RSA exponent must be 65537");
        }
        var known = new JsonObject();
        known.addProperty("alg", Jwe.OAEP);
        known.addProperty("e", text(jwk, "e"));
        known.addProperty("kty", "RSA");
        known.addProperty("n", text(jwk, "n"));
        return new TeeKey(KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(n, e)), known);
    }

    private static String text(JsonObject jwk, String member) {
        if (jwk.get(member) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw new IllegalArgumentException("the key has no " + member);
    }

    PublicKey key() {
        return key;
    }

    /** The members that the protocol hashes. */
    public JsonObject jwk() {
        return jwk.deepCopy();
    }

    static byte[] fixed(BigInteger value, int length) {
        byte[] bytes = value.toByteArray();
        byte[] fixed = new byte[length];
        int count = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - count, fixed, length - count, count);
        return fixed;
    }

    /** The curves of the protocol. */
    enum Curve {
        P256("P-256", "secp256r1", 256),
        P521("P-521", "secp521r1", 521);

        final String jwk;
        final String jca;
        final int bits;
        final int bytes;

        Curve(String jwk, String jca, int bits) {
            this.jwk = jwk;
            this.jca = jca;
            this.bits = bits;
            this.bytes = (bits + 7) / 8;
        }

        static Curve ofSize(int bits) {
            for (var curve : values()) {
                if (curve.bits == bits) {
                    return curve;
                }
            }
            throw new IllegalArgumentException("neither P-256 nor P-521");
        }

        static Curve ofName(String name) {
            for (var curve : values()) {
                if (curve.jwk.equals(name)) {
                    return curve;
                }
            }
            throw new IllegalArgumentException("crv must be P-256 or P-521");
        }
    }
}
