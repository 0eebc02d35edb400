package dev.husk.gateway;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.kbs.InitData;
import dev.husk.protocol.kbs.Jwe;
import dev.husk.protocol.kbs.ReportData;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.snp.simulator.SimulatedSandbox;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/** A simulated guest without the function runtime: what an Attestation Agent and a Confidential Data Hub send. */
final class TestGuest {
    /** Where the known answers of protocol 0.4.0 come from, with another hash by name. */
    static String toml(String algorithm, String note) {
        return "algorithm = \"" + algorithm
                + "\"\nversion = \"0.1.0\"\n\n[data]\n\"key1\" = '''value1'''\n\"note\" = '''" + note + "'''\n";
    }

    /** The secret and the public half of a key that secrets are wrapped to. */
    record Keys(KeyPair pair, TeeKey tee) {
        static Keys p256() {
            return ec("secp256r1");
        }

        static Keys p521() {
            return ec("secp521r1");
        }

        private static Keys ec(String curve) {
            try {
                var generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec(curve));
                var pair = generator.generateKeyPair();
                return new Keys(pair, TeeKey.of((ECPublicKey) pair.getPublic()));
            } catch (java.security.GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        static Keys rsa() throws Exception {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            var pair = generator.generateKeyPair();
            byte[] n = ((RSAPublicKey) pair.getPublic()).getModulus().toByteArray();
            var jwk = new JsonObject();
            jwk.addProperty("kty", "RSA");
            jwk.addProperty("alg", "RSA-OAEP-256");
            jwk.addProperty("n", Base64Url.encode(Arrays.copyOfRange(n, n.length - 256, n.length)));
            jwk.addProperty("e", "AQAB");
            return new Keys(pair, TeeKey.parse(jwk));
        }

        /** The key of the protocol's known answers: the scalar is 32 bytes of 0x11. */
        static Keys known() throws Exception {
            var jwk = new JsonObject();
            jwk.addProperty("kty", "EC");
            jwk.addProperty("crv", "P-256");
            jwk.addProperty("alg", "ECDH-ES+A256KW");
            jwk.addProperty("x", "AhfmF_C2RDkoJ4-WmZ5pojpPLBUr321s32bluAKC1O0");
            jwk.addProperty("y", "GUp968uXcS0t2jyoWqh2Wlb0X8dYWZZS8ol8ZTBuV5Q");
            var other = (ECPublicKey) p256().pair().getPublic();
            var x = new BigInteger(1, Base64Url.decode(jwk.get("x").getAsString()));
            var y = new BigInteger(1, Base64Url.decode(jwk.get("y").getAsString()));
            var factory = KeyFactory.getInstance("EC");
            byte[] scalar = new byte[32];
            Arrays.fill(scalar, (byte) 0x11);
            return new Keys(
                    new KeyPair(
                            factory.generatePublic(new java.security.spec.ECPublicKeySpec(
                                    new java.security.spec.ECPoint(x, y), other.getParams())),
                            factory.generatePrivate(
                                    new ECPrivateKeySpec(new BigInteger(1, scalar), other.getParams()))),
                    TeeKey.parse(jwk));
        }
    }

    private final SimulatedSandbox hardware;
    private final String toml;
    String token = "";
    String cookie = "";

    /** A guest that the host started with these init-data, and measured them. */
    TestGuest(String toml) {
        this(toml, InitData.ofToml(toml).hostData());
    }

    TestGuest(String toml, byte[] hostData) {
        this.toml = toml;
        this.hardware = ServerUnderTest.processor().launch(new byte[48], hostData, 0x30000);
    }

    /** As a contract's platform lists it. */
    static String hostData(String toml) {
        return HexFormat.of().formatHex(InitData.ofToml(toml).hostData());
    }

    /** A contract whose functions run in stock guests that were started with these init-data, for anyone. */
    static TestContract contract(String name, String toml) throws Exception {
        return contract(name, toml, text -> text);
    }

    static TestContract contract(String name, String toml, java.util.function.UnaryOperator<String> change)
            throws Exception {
        return TestContract.named(
                name,
                text -> change.apply(text.replace("\"binding\": \"sandbox\"", "\"binding\": \"initdata\"")
                        .replace("\"hostData\": \"any\"", "\"hostData\": [\"" + hostData(toml) + "\"]")
                        .replaceFirst("(?s)\"callers\": \\[.*?\\]", "\"callers\": \"any\"")));
    }

    Http.Answer attest(Keys keys) throws Exception {
        return attest(keys, "");
    }

    Http.Answer attest(Keys keys, String additional) throws Exception {
        var session = TestSandbox.auth();
        return send(session, body(session.nonce(), keys, initData(), additional));
    }

    Http.Answer send(TestSandbox.Session session, JsonObject body) throws Exception {
        var answer =
                Http.post("kbs/v0/attest", "application/json", body.toString(), Map.of("Cookie", session.cookie()));
        if (answer.status() == 200) {
            token = answer.json().get("token").getAsString();
            cookie = TestSandbox.cookie(answer);
        }
        return answer;
    }

    JsonObject initData() {
        var initData = new JsonObject();
        initData.addProperty("format", "toml");
        initData.addProperty("body", toml);
        return initData;
    }

    JsonObject body(String nonce, Keys keys, JsonElement initData, String additional) throws Exception {
        var runtime = new JsonObject();
        runtime.addProperty("nonce", nonce);
        runtime.add("tee-pubkey", keys.tee().jwk());
        var evidence = new JsonObject();
        evidence.add("primary_evidence", evidence(nonce, keys, additional));
        evidence.addProperty("additional_evidence", additional);
        var body = new JsonObject();
        body.add("init-data", initData);
        body.add("runtime-data", runtime);
        body.add("tee-evidence", evidence);
        return body;
    }

    JsonElement evidence(String nonce, Keys keys, String additional) throws Exception {
        return Json.parse(
                hardware.evidence(ReportData.of(nonce, keys.tee(), additional)).getBytes(StandardCharsets.UTF_8),
                1 << 20);
    }

    JsonObject bodyWithoutInitData(String nonce, Keys keys) throws Exception {
        return body(nonce, keys, JsonNull.INSTANCE, "");
    }

    JsonObject claims() throws Exception {
        return Json.parse(Base64Url.decode(token.split("\\.")[1]), 1 << 20).getAsJsonObject();
    }

    /** What a guest asks for by {@code kbs:///path}, with its token. */
    Http.Answer get(String path) throws Exception {
        return Http.get("kbs/v0/resource/" + path, Map.of("Authorization", "Bearer " + token));
    }

    Http.Answer getByCookie(String path) throws Exception {
        return Http.get("kbs/v0/resource/" + path, Map.of("Cookie", cookie));
    }

    static byte[] open(Keys keys, Http.Answer answer) throws Exception {
        return Jwe.open(keys.pair(), answer.json());
    }
}
