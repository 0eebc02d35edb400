package dev.husk.local;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Digests;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;

/**
 * Issues the tokens with which parties reach the gateway of the local platform, in the place of an OIDC provider.
 *
 * <p>It asks nobody who they are: whoever can read the state folder can be any party towards the API. What a party
 * agrees to is signed with the party's own key, which this class never sees.
 */
public final class LocalIssuer {
    /** The {@code iss} of every token. */
    public static final String ISSUER = "http://husk.local";

    /** The {@code aud} of every token. */
    public static final String AUDIENCE = "husk-gateway";

    private static final Duration LIFE = Duration.ofHours(8);
    private static final int COORDINATE = 32;

    private final KeyPair keys;
    private final Path jwks;
    private final String keyId;
    private final Clock clock;

    private LocalIssuer(KeyPair keys, Path jwks, Clock clock) {
        this.keys = keys;
        this.jwks = jwks;
        this.keyId = thumbprint((ECPublicKey) keys.getPublic());
        this.clock = clock;
    }

    /** Opens the issuer of a folder: its key is made on first use, {@code jwks.json} is written each time. */
    public static LocalIssuer open(Path folder, Clock clock) throws IOException {
        try {
            var keyFile = folder.resolve("issuer.key");
            if (Files.notExists(keyFile)) {
                StateFolder.write(keyFile, encode(generate()));
            }
            var issuer = new LocalIssuer(decode(Files.readString(keyFile)), folder.resolve("jwks.json"), clock);
            StateFolder.write(issuer.jwks, issuer.keySet().toString());
            return issuer;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the issuer's key in " + folder + " is unusable: delete issuer.key", e);
        }
    }

    /** The file with the public key, a JWK set. */
    public Path jwks() {
        return jwks;
    }

    /** A token for a party, ES256, valid for eight hours. */
    public String token(String party) {
        if (party.isBlank()) {
            throw new IllegalArgumentException("a party has a name");
        }
        var header = new JsonObject();
        header.addProperty("alg", "ES256");
        header.addProperty("kid", keyId);
        header.addProperty("typ", "JWT");
        var groups = new JsonArray();
        groups.add("party");
        long now = clock.instant().getEpochSecond();
        var claims = new JsonObject();
        claims.addProperty("iss", ISSUER);
        claims.addProperty("aud", AUDIENCE);
        claims.addProperty("sub", party);
        claims.addProperty("upn", party);
        claims.add("groups", groups);
        claims.addProperty("iat", now);
        claims.addProperty("exp", now + LIFE.toSeconds());
        claims.addProperty("jti", UUID.randomUUID().toString());
        var signed = encode(header) + "." + encode(claims);
        return signed + "." + Base64Url.encode(sign(signed));
    }

    private JsonObject keySet() {
        var key = jwk((ECPublicKey) keys.getPublic());
        key.addProperty("kid", keyId);
        key.addProperty("use", "sig");
        key.addProperty("alg", "ES256");
        var all = new JsonArray();
        all.add(key);
        var set = new JsonObject();
        set.add("keys", all);
        return set;
    }

    private byte[] sign(String text) {
        try {
            var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(keys.getPrivate());
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK signs on P-256", e);
        }
    }

    /** RFC 7638; the members come in the order of their names. */
    private static String thumbprint(ECPublicKey key) {
        return Base64Url.encode(Digests.sha256().digest(jwk(key).toString().getBytes(StandardCharsets.US_ASCII)));
    }

    private static JsonObject jwk(ECPublicKey key) {
        var jwk = new JsonObject();
        jwk.addProperty("crv", "P-256");
        jwk.addProperty("kty", "EC");
        jwk.addProperty("x", coordinate(key.getW().getAffineX()));
        jwk.addProperty("y", coordinate(key.getW().getAffineY()));
        return jwk;
    }

    private static String coordinate(BigInteger value) {
        byte[] signed = value.toByteArray();
        byte[] fixed = new byte[COORDINATE];
        int length = Math.min(signed.length, COORDINATE);
        System.arraycopy(signed, signed.length - length, fixed, COORDINATE - length, length);
        return Base64Url.encode(fixed);
    }

    private static String encode(JsonObject json) {
        return Base64Url.encode(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static KeyPair generate() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static String encode(KeyPair pair) {
        var base64 = Base64.getEncoder();
        return base64.encodeToString(pair.getPrivate().getEncoded()) + "\n"
                + base64.encodeToString(pair.getPublic().getEncoded()) + "\n";
    }

    private static KeyPair decode(String text) throws GeneralSecurityException {
        var lines = text.lines().toList();
        if (lines.size() != 2) {
            throw new GeneralSecurityException("not two lines");
        }
        var factory = KeyFactory.getInstance("EC");
        var base64 = Base64.getDecoder();
        return new KeyPair(
                factory.generatePublic(new X509EncodedKeySpec(base64.decode(lines.get(1)))),
                factory.generatePrivate(new PKCS8EncodedKeySpec(base64.decode(lines.get(0)))));
    }
}
