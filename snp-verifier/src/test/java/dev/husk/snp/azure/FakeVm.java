package dev.husk.snp.azure;

import dev.husk.snp.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
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
import java.util.List;
import java.util.stream.IntStream;

/** What paravisor and TPM of an Azure VM write: variable data, the wrapping of a report, quotes. */
final class FakeVm {
    static final int INDEX = 2600;
    static final Bytes NONCE = Bytes.fromHex("a5".repeat(48));
    static final Bytes USER_DATA = Bytes.fromHex("a5".repeat(48) + "00".repeat(16));
    static final int ALL = 0xFFFFFF;

    private final KeyPair ak;

    FakeVm() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        ak = generator.generateKeyPair();
    }

    /** As OpenHCL writes it: no white space, keys first. */
    byte[] variableData() {
        return ("{\"keys\":[" + jwk("HCLAkPub", "sign") + "," + jwk("HCLEkPub", "encrypt") + "],"
                        + "\"vm-configuration\":{\"current-time\":1678652405,\"console-enabled\":true,"
                        + "\"secure-boot\":true,\"vmUniqueId\":\"BAEFD3E1-184B-4C4C-AB88-0BDAD260505F\"},"
                        + "\"user-data\":\"" + HexFormat.of().withUpperCase().formatHex(USER_DATA.toArray()) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    String jwk(String kid, String use) {
        var encoder = Base64.getUrlEncoder().withoutPadding();
        return "{\"kid\":\"%s\",\"key_ops\":[\"%s\"],\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"}"
                .formatted(kid, use, encoder.encodeToString(modulus()));
    }

    byte[] modulus() {
        byte[] signed = ((RSAPublicKey) ak.getPublic()).getModulus().toByteArray();
        return Arrays.copyOfRange(signed, signed.length - 256, signed.length);
    }

    BigInteger n() {
        return ((RSAPublicKey) ak.getPublic()).getModulus();
    }

    /** The bytes in the NV index. */
    static byte[] wrap(Bytes report, int hash, byte[] variableData) {
        var out = ByteBuffer.allocate(INDEX).order(ByteOrder.LITTLE_ENDIAN);
        out.put("HCLA".getBytes(StandardCharsets.US_ASCII)).putInt(2).putInt(0x4D4 + variableData.length);
        out.putInt(2).position(0x20);
        out.put(report.toArray())
                .putInt(20 + variableData.length)
                .putInt(1)
                .putInt(2)
                .putInt(hash);
        out.putInt(variableData.length).put(variableData);
        return out.array();
    }

    static Bytes reportData(String algorithm, byte[] variableData) throws GeneralSecurityException {
        return Bytes.copyOf(Arrays.copyOf(MessageDigest.getInstance(algorithm).digest(variableData), 64));
    }

    /** PCR n is 32 times the byte n. */
    static List<Bytes> pcrs(int selection) {
        return IntStream.range(0, 24)
                .filter(i -> (selection >>> i & 1) != 0)
                .mapToObj(i -> Bytes.fromHex("%02x".formatted(i).repeat(32)))
                .toList();
    }

    /** A TPMS_ATTEST. */
    static byte[] quote(Bytes nonce, int selection, List<Bytes> pcrs) throws GeneralSecurityException {
        var values = new ByteArrayOutputStream();
        pcrs.forEach(value -> values.writeBytes(value.toArray()));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(values.toByteArray());
        var out = ByteBuffer.allocate(512);
        out.putInt(0xFF544347).putShort((short) 0x8018);
        out.putShort((short) 34).putShort((short) 0x000B).put(new byte[32]);
        out.putShort((short) nonce.length()).put(nonce.toArray());
        out.putLong(1798044).putInt(2).putInt(1).put((byte) 1).putLong(0x2020031200120003L);
        out.putInt(1).putShort((short) 0x000B).put((byte) 3);
        out.put((byte) selection).put((byte) (selection >>> 8)).put((byte) (selection >>> 16));
        out.putShort((short) 32).put(digest);
        return Arrays.copyOf(out.array(), out.position());
    }

    byte[] sign(byte[] message) throws GeneralSecurityException {
        var signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(ak.getPrivate());
        signer.update(message);
        return signer.sign();
    }

    /** A fresh quote beside a report that binds this VM's key. */
    AzureEvidence evidence(FakeProcessor processor) throws GeneralSecurityException {
        return evidence(processor, 0, "SHA-256", 1);
    }

    AzureEvidence evidence(FakeProcessor processor, int vmpl, String algorithm, int hash)
            throws GeneralSecurityException {
        var report = processor.report(reportData(algorithm, variableData()), vmpl);
        return around(Bytes.copyOf(wrap(report, hash, variableData())), NONCE, ALL, processor);
    }

    AzureEvidence around(Bytes hclReport, Bytes nonce, int selection, FakeProcessor processor)
            throws GeneralSecurityException {
        byte[] quote = quote(nonce, selection, pcrs(selection));
        return new AzureEvidence(
                hclReport,
                Bytes.copyOf(quote),
                Bytes.copyOf(sign(quote)),
                pcrs(selection),
                processor.certificates().subList(0, 1));
    }
}
