package dev.husk.gateway.keys;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** Signs and checks attestation tokens: JWTs with ES256. Safe to share between threads. */
public final class TokenKey {
    private static final int MAX_TOKEN = 16 << 10;

    private final PrivateKey secret;
    private final ECPublicKey key;

    private TokenKey(PrivateKey secret, ECPublicKey key) {
        this.secret = secret;
        this.key = key;
    }

    /** A fresh key: two bytes of length, PKCS #8, then the public key in X.509. */
    static byte[] generate() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var pair = generator.generateKeyPair();
            byte[] secret = pair.getPrivate().getEncoded();
            byte[] open = pair.getPublic().getEncoded();
            byte[] all = new byte[2 + secret.length + open.length];
            all[0] = (byte) (secret.length >> 8);
            all[1] = (byte) secret.length;
            System.arraycopy(secret, 0, all, 2, secret.length);
            System.arraycopy(open, 0, all, 2 + secret.length, open.length);
            Arrays.fill(secret, (byte) 0);
            return all;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static TokenKey of(byte[] encoded) {
        try {
            int length = (encoded[0] & 0xff) << 8 | encoded[1] & 0xff;
            var factory = KeyFactory.getInstance("EC");
            byte[] secret = Arrays.copyOfRange(encoded, 2, 2 + length);
            PublicKey open = factory.generatePublic(
                    new X509EncodedKeySpec(Arrays.copyOfRange(encoded, 2 + length, encoded.length)));
            return new TokenKey(factory.generatePrivate(new PKCS8EncodedKeySpec(secret)), (ECPublicKey) open);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IllegalStateException("the stored token key is damaged", e);
        }
    }

    public JsonObject jwk() {
        var jwk = new JsonObject();
        jwk.addProperty("alg", "ES256");
        jwk.addProperty("crv", "P-256");
        jwk.addProperty("kty", "EC");
        jwk.addProperty("x", coordinate(key.getW().getAffineX()));
        jwk.addProperty("y", coordinate(key.getW().getAffineY()));
        return jwk;
    }

    public String sign(JsonObject claims) {
        var input = header() + "." + Base64Url.encode(claims.toString().getBytes(StandardCharsets.UTF_8));
        try {
            var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(secret);
            signature.update(input.getBytes(StandardCharsets.US_ASCII));
            return input + "." + Base64Url.encode(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The claims of a token that this key signed and that has not expired; empty for every other text. */
    public Optional<JsonObject> verify(String token, Instant now) {
        var parts = token.split("\\.", -1);
        if (token.length() > MAX_TOKEN || parts.length != 3 || !parts[0].equals(header())) {
            return Optional.empty();
        }
        try {
            var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initVerify(key);
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            if (!signature.verify(Base64Url.decode(parts[2]))
                    || !(Json.parse(Base64Url.decode(parts[1]), MAX_TOKEN) instanceof JsonObject claims)
                    || claims.get("exp").getAsLong() <= now.getEpochSecond()) {
                return Optional.empty();
            }
            return Optional.of(claims);
        } catch (GeneralSecurityException | MalformedJsonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private String header() {
        var header = new JsonObject();
        header.addProperty("alg", "ES256");
        header.addProperty("typ", "JWT");
        header.add("jwk", jwk());
        return Base64Url.encode(header.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String coordinate(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] fixed = new byte[32];
        int count = Math.min(bytes.length, 32);
        System.arraycopy(bytes, bytes.length - count, fixed, 32 - count, count);
        return Base64Url.encode(fixed);
    }

    @Override
    public String toString() {
        return "TokenKey";
    }
}
