package dev.husk.protocol.kbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.husk.protocol.Vectors;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.RSAPrivateKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keys besides P-256, against other implementations. */
class JweVectorsTest {
    /** Made with Python's cryptography 48.0.0: scalars of 65 bytes 0x11 and 0x22, CEK 00..1f, IV 00..0b. */
    private static final String P521 =
            "{\"protected\":\"eyJhbGciOiJFQ0RILUVTK0EyNTZLVyIsImVuYyI6IkEyNTZHQ00iLCJlcGsiOnsi"
                    + "Y3J2IjoiUC01MjEiLCJrdHkiOiJFQyIsIngiOiJBWlljSjRkV3F4TzRKYjI3OERxeGEwVnFORFlUb3lOMHN0VGNfWUt4bU1OQ1lXeGh0"
                    + "cE1DNmxtcHFPRTlPODJnUGJwTVJXcHFkNE1jMzNnOVBlZm5kYXQ5IiwieSI6IkFVTFpLY2U3ZXAwQ2RGa3VTWkxMb24tOTJSczY4TFB5"
                    + "eHpHXzRjVVp4TGtXcWFWcVIyWTlWaF9CRFd3NGF3VFhLLU9qQUFfY3l6Sk5CVTVldndsaHZuSjkifX0\",\"encrypted_key\":\"GGTl"
                    + "oHWZYtzqBLSKITNYTXQuyl1JRk7Lj_u1RYGOUFRHXPrGgF0DoQ\",\"iv\":\"AAECAwQFBgcICQoL\",\"ciphertext\":\"NGq-c62N"
                    + "qnM\",\"tag\":\"0xWHfNy0bIQWxYC9WapSnw\"}";

    private static final String TEE_X =
            "ASlP5nvUNcsSf5qZrQ3fSNJGdR2UjXmmHmqvOvXUNcSJghDwkggJDIVt0HJLQm8XxNEHOWy7RnTSS9WxGPCpTz3t";
    private static final String TEE_Y =
            "AK-6yF3l2S57BVSo5XPa7z6OUQW-2lAo-oOLlOqOhAUbUqNvwrXnNhlazYvHz9L5dB6hIiANnH9gKtJcZgI1_ZNs";
    private static final String EPK_X =
            "AZYcJ4dWqxO4Jb278Dqxa0VqNDYToyN0stTc_YKxmMNCYWxhtpMC6lmpqOE9O82gPbpMRWpqd4Mc33g9Pefndat9";
    private static final String EPK_Y =
            "AULZKce7ep0CdFkuSZLLon-92Rs68LPyxzG_4cUZxLkWqaVqR2Y9Vh_BDWw4awTXK-OjAA_cyzJNBU5evwlhvnJ9";

    @Test
    void anObjectToAKeyOnP521IsTheKnownOneToTheByte() throws Exception {
        var tee = ec("P-521", TEE_X, TEE_Y, new BigInteger(1, repeated(0x11)));
        byte[] cek = new byte[32];
        for (int i = 0; i < 32; i++) {
            cek[i] = (byte) i;
        }
        var sealed = Jwe.sealEc(
                (ECPublicKey) tee.getPublic(),
                ec("P-521", EPK_X, EPK_Y, new BigInteger(1, repeated(0x22))),
                cek,
                Arrays.copyOf(cek, 12),
                "shhhhhhh".getBytes(StandardCharsets.US_ASCII));
        var known = Json.parse(P521.getBytes(StandardCharsets.US_ASCII), 4096).getAsJsonObject();
        assertThat(sealed).isEqualTo(known);
        assertThat(new String(Jwe.open(tee, known), StandardCharsets.US_ASCII)).isEqualTo("shhhhhhh");
    }

    @Test
    void wycheproofsObjectsOpenWhereThisProtocolHasThemAndNowhereElse() throws Exception {
        int opened = 0;
        int refused = 0;
        var groups = Vectors.json(Vectors.folder("wycheproof").resolve("json_web_encryption_test.json"))
                .getAsJsonObject()
                .getAsJsonArray("testGroups");
        for (var group : groups) {
            var key = group.getAsJsonObject().getAsJsonObject("private");
            var alg = key.has("alg") ? key.get("alg").getAsString() : "";
            if (!Set.of("ECDH-ES+A256KW", "RSA-OAEP-256").contains(alg)) {
                continue;
            }
            var pair = key.get("kty").getAsString().equals("EC")
                    ? ec(text(key, "crv"), text(key, "x"), text(key, "y"), number(key, "d"))
                    : rsa(key);
            for (var element : group.getAsJsonObject().getAsJsonArray("tests")) {
                var test = element.getAsJsonObject();
                var jwe = flattened(text(test, "jwe"));
                var id = "test " + test.get("tcId");
                if (text(test, "result").equals("valid") && text(test, "enc").equals("A256GCM")) {
                    assertThat(HexFormat.of().formatHex(Jwe.open(pair, jwe)))
                            .as(id)
                            .isEqualTo(text(test, "pt"));
                    opened++;
                } else {
                    assertThatThrownBy(() -> Jwe.open(pair, jwe)).as(id).isInstanceOf(JweException.class);
                    refused++;
                }
            }
        }
        assertThat(opened).isGreaterThanOrEqualTo(2);
        assertThat(refused).isGreaterThanOrEqualTo(15);
    }

    private static JsonObject flattened(String compact) {
        var names = new String[] {"protected", "encrypted_key", "iv", "ciphertext", "tag"};
        var parts = compact.split("\\.", -1);
        var jwe = new JsonObject();
        for (int i = 0; i < names.length; i++) {
            jwe.addProperty(names[i], parts[i]);
        }
        return jwe;
    }

    private static KeyPair ec(String curve, String x, String y, BigInteger d) throws Exception {
        var jwk = new JsonObject();
        jwk.addProperty("kty", "EC");
        jwk.addProperty("crv", curve);
        jwk.addProperty("alg", "ECDH-ES+A256KW");
        jwk.addProperty("x", x);
        jwk.addProperty("y", y);
        var key = (ECPublicKey) TeeKey.parse(jwk).key();
        return new KeyPair(key, KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(d, key.getParams())));
    }

    private static KeyPair rsa(JsonObject jwk) throws Exception {
        return new KeyPair(
                TeeKey.parse(jwk).key(),
                KeyFactory.getInstance("RSA")
                        .generatePrivate(new RSAPrivateKeySpec(number(jwk, "n"), number(jwk, "d"))));
    }

    private static BigInteger number(JsonObject jwk, String member) {
        return new BigInteger(1, Base64Url.decode(text(jwk, member)));
    }

    private static String text(JsonObject object, String member) {
        return object.get(member).getAsString();
    }

    private static byte[] repeated(int value) {
        byte[] bytes = new byte[65];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
