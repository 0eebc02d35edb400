package dev.husk.gateway;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.gateway.TestGuest.Keys;
import dev.husk.protocol.kbs.InitData;
import dev.husk.protocol.kbs.ReportData;
import dev.husk.snp.Bytes;
import dev.husk.snp.azure.InitDataPcr;
import dev.husk.snp.simulator.SimulatedProcessor;
import dev.husk.snp.simulator.SimulatedSandbox;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;

/** A simulated guest as Azure runs them: a paravisor that wraps the report, and a virtual TPM that measures the guest. */
public final class TestAzureGuest {
    private static final int INDEX = 2600;

    private final SimulatedProcessor processor;
    private final SimulatedSandbox hardware;
    private final String toml;
    private final KeyPair ak;
    String token = "";

    TestAzureGuest() throws Exception {
        this(
                ServerUnderTest.processor(),
                TestGuest.toml("sha256", java.util.UUID.randomUUID().toString()));
    }

    public TestAzureGuest(SimulatedProcessor processor, String toml) throws GeneralSecurityException {
        this.processor = processor;
        this.toml = toml;
        this.hardware = processor.launch(new byte[48], new byte[32], 0x30000);
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        this.ak = generator.generateKeyPair();
    }

    /** What PCR 8 holds, in hex. */
    public String pcr8() {
        return InitDataPcr.value(Bytes.copyOf(InitData.ofToml(toml).digest())).toString();
    }

    JsonObject initData() {
        var initData = new JsonObject();
        initData.addProperty("format", "toml");
        initData.addProperty("body", toml);
        return initData;
    }

    Http.Answer attest(Keys keys, JsonElement initData) throws Exception {
        var session = TestSandbox.auth("az-snp-vtpm");
        return send(session, body(session.nonce(), keys, initData));
    }

    Http.Answer send(TestSandbox.Session session, JsonObject body) throws Exception {
        var answer =
                Http.post("kbs/v0/attest", "application/json", body.toString(), Map.of("Cookie", session.cookie()));
        if (answer.status() == 200) {
            token = answer.json().get("token").getAsString();
        }
        return answer;
    }

    Http.Answer get(String path) throws Exception {
        return Http.get("kbs/v0/resource/" + path, Map.of("Authorization", "Bearer " + token));
    }

    JsonObject body(String nonce, Keys keys, JsonElement initData) throws Exception {
        var runtime = new JsonObject();
        runtime.addProperty("nonce", nonce);
        runtime.add("tee-pubkey", keys.tee().jwk());
        var evidence = new JsonObject();
        evidence.add("primary_evidence", evidence(ReportData.of(nonce, keys.tee(), "")));
        evidence.addProperty("additional_evidence", "");
        var body = new JsonObject();
        body.add("init-data", initData);
        body.add("runtime-data", runtime);
        body.add("tee-evidence", evidence);
        return body;
    }

    /** As CoCo's attester writes it, version 1. */
    public JsonObject evidence(byte[] reportData) throws GeneralSecurityException {
        byte[] variableData = variableData();
        byte[] bound = Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(variableData), 64);
        byte[] message = quote(Arrays.copyOf(reportData, 48));
        var signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(ak.getPrivate());
        signer.update(message);
        var quote = new JsonObject();
        quote.addProperty("signature", HexFormat.of().formatHex(signer.sign()));
        quote.addProperty("message", HexFormat.of().formatHex(message));
        var pcrs = new JsonArray();
        for (int i = 0; i < 24; i++) {
            pcrs.add(HexFormat.of().formatHex(pcr(i)));
        }
        quote.add("pcrs", pcrs);
        var evidence = new JsonObject();
        evidence.addProperty("version", 1);
        evidence.add("tpm_quote", quote);
        evidence.addProperty(
                "hcl_report", Base64.getUrlEncoder().encodeToString(wrap(hardware.report(bound), variableData)));
        evidence.addProperty(
                "vcek",
                Base64.getUrlEncoder().encodeToString(processor.certificates().get(0)));
        return evidence;
    }

    private byte[] pcr(int number) {
        byte[] value = new byte[32];
        Arrays.fill(value, (byte) number);
        return number == InitDataPcr.NUMBER ? HexFormat.of().parseHex(pcr8()) : value;
    }

    private byte[] variableData() {
        return ("{\"keys\":[" + jwk("HCLAkPub", "sign") + "," + jwk("HCLEkPub", "encrypt")
                        + "],\"vm-configuration\":{\"secure-boot\":true,\"tpm-enabled\":true}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private String jwk(String kid, String use) {
        byte[] n = ((RSAPublicKey) ak.getPublic()).getModulus().toByteArray();
        return "{\"kid\":\"%s\",\"key_ops\":[\"%s\"],\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"}"
                .formatted(
                        kid,
                        use,
                        Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(Arrays.copyOfRange(n, n.length - 256, n.length)));
    }

    private static byte[] wrap(byte[] report, byte[] variableData) {
        var out = ByteBuffer.allocate(INDEX).order(ByteOrder.LITTLE_ENDIAN);
        out.put("HCLA".getBytes(StandardCharsets.US_ASCII)).putInt(2).putInt(0x4D4 + variableData.length);
        out.putInt(2).position(0x20);
        out.put(report).putInt(20 + variableData.length).putInt(1).putInt(2).putInt(1);
        out.putInt(variableData.length).put(variableData);
        return out.array();
    }

    /** A TPMS_ATTEST over all PCRs. */
    private byte[] quote(byte[] nonce) throws GeneralSecurityException {
        var values = new ByteArrayOutputStream();
        for (int i = 0; i < 24; i++) {
            values.writeBytes(pcr(i));
        }
        var out = ByteBuffer.allocate(512);
        out.putInt(0xFF544347).putShort((short) 0x8018);
        out.putShort((short) 34).putShort((short) 0x000B).put(new byte[32]);
        out.putShort((short) nonce.length).put(nonce);
        out.putLong(1798044).putInt(2).putInt(1).put((byte) 1).putLong(0x2020031200120003L);
        out.putInt(1).putShort((short) 0x000B).put((byte) 3).put(new byte[] {-1, -1, -1});
        out.putShort((short) 32).put(MessageDigest.getInstance("SHA-256").digest(values.toByteArray()));
        return Arrays.copyOf(out.array(), out.position());
    }
}
