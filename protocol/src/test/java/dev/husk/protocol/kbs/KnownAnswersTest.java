package dev.husk.protocol.kbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPrivateKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The known answers that were cross-checked against the guest's own implementation of protocol 0.4.0. */
class KnownAnswersTest {
    private static final String NONCE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String TEE_X = "AhfmF_C2RDkoJ4-WmZ5pojpPLBUr321s32bluAKC1O0";
    private static final String TEE_Y = "GUp968uXcS0t2jyoWqh2Wlb0X8dYWZZS8ol8ZTBuV5Q";
    private static final String EPK_X = "1lqTl3yqPRsIGFL_V6eeRl8WYFdzBLrq1QXdOkhYnPM";
    private static final String EPK_Y = "UBheiVNy32Ih6joTdVfkc_3bZ1XwW9UHw8Uz_OnJEoU";
    private static final String JWE =
            "{\"protected\":\"eyJhbGciOiJFQ0RILUVTK0EyNTZLVyIsImVuYyI6IkEyNTZHQ00iLCJlcGsiOnsiY3J2I"
                    + "joiUC0yNTYiLCJrdHkiOiJFQyIsIngiOiIxbHFUbDN5cVBSc0lHRkxfVjZlZVJsOFdZRmR6QkxycTFRWGRPa2hZblBNIiwieSI6IlVCaG"
                    + "VpVk55MzJJaDZqb1RkVmZrY18zYloxWHdXOVVIdzhVel9PbkpFb1UifX0\",\"encrypted_key\":\"u_HrIZgHkkpjzQpYvc1sSJ4w27q"
                    + "374_8Y7knCG_QSPD3wZJcxcQm6Q\",\"iv\":\"AAECAwQFBgcICQoL\",\"ciphertext\":\"NGq-c62NqnM\",\"tag\":\"t06qdEgsrYSwehy_esOjnw\"}";

    @Test
    void reportDataCoversNonceKeyAndAdditionalEvidence() throws Exception {
        var key = TeeKey.of((ECPublicKey) pair(0x11, TEE_X, TEE_Y).getPublic());
        assertThat(HexFormat.of().formatHex(ReportData.of(NONCE, key, "")))
                .isEqualTo(
                        "1147b1af549c26b6863daf32fc064834beaa470ddb06fd5c57c44363cb2e86f11c4d80906326c2154d2b96d47de1ac62"
                                + "0".repeat(32));
        assertThat(ReportData.of(NONCE, key, "{}")).isNotEqualTo(ReportData.of(NONCE, key, ""));
    }

    @Test
    void theSealedObjectIsTheKnownOneToTheByte() throws Exception {
        var tee = pair(0x11, TEE_X, TEE_Y);
        byte[] cek = new byte[32];
        byte[] iv = new byte[12];
        for (int i = 0; i < 32; i++) {
            cek[i] = (byte) i;
            iv[Math.min(i, 11)] = (byte) Math.min(i, 11);
        }
        var sealed = Jwe.sealEc(
                (ECPublicKey) tee.getPublic(),
                pair(0x22, EPK_X, EPK_Y),
                cek,
                iv,
                "shhhhhhh".getBytes(StandardCharsets.US_ASCII));
        assertThat(sealed).isEqualTo(Json.parse(JWE.getBytes(StandardCharsets.US_ASCII), 4096));
    }

    @Test
    void theKnownObjectOpens() throws Exception {
        var jwe = Json.parse(JWE.getBytes(StandardCharsets.US_ASCII), 4096).getAsJsonObject();
        assertThat(new String(Jwe.open(pair(0x11, TEE_X, TEE_Y), jwe), StandardCharsets.US_ASCII))
                .isEqualTo("shhhhhhh");
    }

    @Test
    void everyCurveAndRsaGoRoundAndNoChangedMemberOpens() throws Exception {
        var rsa = java.security.KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        var rsaPair = rsa.generateKeyPair();
        var n = ((java.security.interfaces.RSAPublicKey) rsaPair.getPublic()).getModulus();
        var jwk = new JsonObject();
        jwk.addProperty("kty", "RSA");
        jwk.addProperty("alg", "RSA-OAEP-256");
        jwk.addProperty("n", dev.husk.protocol.json.Base64Url.encode(TeeKey.fixed(n, 256)));
        jwk.addProperty("e", "AQAB");
        jwk.addProperty("kid", "ignored");
        assertThat(TeeKey.parse(jwk).jwk().has("kid")).isFalse();
        roundTrip(rsaPair, TeeKey.parse(jwk));
        for (var curve : TeeKey.Curve.values()) {
            var pair = TeeKey.generate(curve);
            roundTrip(
                    pair, TeeKey.parse(TeeKey.of((ECPublicKey) pair.getPublic()).jwk()));
        }
    }

    private static void roundTrip(KeyPair pair, TeeKey key) throws Exception {
        byte[] secret = "a data key".getBytes(StandardCharsets.US_ASCII);
        var jwe = Jwe.seal(key, secret);
        assertThat(Jwe.open(pair, jwe)).isEqualTo(secret);
        for (var member : jwe.keySet()) {
            var text = jwe.get(member).getAsString();
            for (int i = 0; i < text.length(); i += 3) {
                var changed = jwe.deepCopy();
                char c = text.charAt(i) == 'A' ? 'B' : 'A';
                changed.addProperty(member, text.substring(0, i) + c + text.substring(i + 1));
                assertThatThrownBy(() -> Jwe.open(pair, changed)).isInstanceOf(JweException.class);
            }
            var without = jwe.deepCopy();
            without.remove(member);
            assertThatThrownBy(() -> Jwe.open(pair, without)).isInstanceOf(JweException.class);
        }
    }

    @Test
    void keysThatCouldLeakOthersAreRefused() throws Exception {
        var good = TeeKey.of((ECPublicKey) TeeKey.generate().getPublic()).jwk();
        for (var change : new String[][] {
            {"crv", "P-384"},
            {"crv", "P-521"},
            {"alg", "RSA1_5"},
            {"kty", "oct"},
            {"x", good.get("y").getAsString()},
            {"y", "AA"}
        }) {
            var bad = good.deepCopy();
            bad.addProperty(change[0], change[1]);
            assertThatThrownBy(() -> TeeKey.parse(bad))
                    .as("%s", Arrays.asList(change))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (var member : good.keySet()) {
            var bad = good.deepCopy();
            bad.remove(member);
            assertThatThrownBy(() -> TeeKey.parse(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static KeyPair pair(int scalar, String x, String y) throws Exception {
        var jwk = new JsonObject();
        jwk.addProperty("kty", "EC");
        jwk.addProperty("crv", "P-256");
        jwk.addProperty("alg", "ECDH-ES+A256KW");
        jwk.addProperty("x", x);
        jwk.addProperty("y", y);
        var key = (ECPublicKey) TeeKey.parse(jwk).key();
        byte[] d = new byte[32];
        Arrays.fill(d, (byte) scalar);
        var secret = KeyFactory.getInstance("EC")
                .generatePrivate(new ECPrivateKeySpec(new BigInteger(1, d), key.getParams()));
        return new KeyPair(key, secret);
    }
}
