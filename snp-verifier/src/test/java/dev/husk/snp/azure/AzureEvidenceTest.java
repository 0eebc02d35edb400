package dev.husk.snp.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.husk.snp.Bytes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AzureEvidenceTest {
    private static final byte[] REPORT = {1, 2, 3, (byte) 0xfe};
    private static final byte[] MESSAGE = {(byte) 0xff, 0x54, 0x43, 0x47};
    private static final byte[] SIGNATURE = {(byte) 0x80, 0};
    private static final byte[] VCEK = new byte[100];
    private static final AzureEvidence EXPECTED = new AzureEvidence(
            Bytes.copyOf(REPORT),
            Bytes.copyOf(MESSAGE),
            Bytes.copyOf(SIGNATURE),
            List.of(Bytes.fromHex("00".repeat(32)), Bytes.fromHex("ff".repeat(32))),
            List.of(Bytes.copyOf(VCEK)));

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void versionsOneAndTwoAreHexAndBase64Url(int version) throws Exception {
        assertThat(AzureEvidence.parse(versioned(version))).isEqualTo(EXPECTED);
    }

    @Test
    void theFirstFormIsArraysAndPem() throws Exception {
        assertThat(AzureEvidence.parse(unversioned())).isEqualTo(EXPECTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "3", "-1", "1.0", "1e0", "\"1\"", "true", "null", "[]", "{}", "12", "1e999999999"})
    void otherVersionsAreUnknown(String version) {
        var json = versioned(1);
        json.add("version", JsonParser.parseString(version));
        assertThat(refused(json)).isEqualTo("version");
    }

    @Test
    void aVersionDoesNotGoWithTheFirstFormNorTheOtherWayRound() {
        var json = unversioned();
        json.addProperty("version", 1);
        assertThat(refused(json)).isEqualTo("tpm_quote");
        var other = versioned(1);
        other.remove("version");
        assertThat(refused(other)).isEqualTo("quote");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hcl_report",
                "vcek",
                "tpm_quote",
                "tpm_quote.message",
                "tpm_quote.signature",
                "tpm_quote.pcrs",
                "tpm_quote.pcrs[1]"
            })
    void everyMemberIsRequiredAndOfItsType(String member) {
        for (var wrong : List.of("null", "7", "true", "[7]", "{}", "\"x\"", "[null]", "\"é\"", "\"AA\\u0000\"")) {
            var json = versioned(1);
            set(json, member, JsonParser.parseString(wrong));
            assertThat(refused(json)).as("%s = %s", member, wrong).startsWith(member);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"report", "vcek", "quote", "quote.message", "quote.signature", "quote.pcrs", "quote.pcrs[1]"})
    void soItIsInTheFirstForm(String member) {
        for (var wrong : List.of("null", "7", "true", "{}", "\"x\"", "[\"x\"]", "[-1]", "[256]", "[1.5]", "[1e1]")) {
            var json = unversioned();
            set(json, member, JsonParser.parseString(wrong));
            assertThat(refused(json)).as("%s = %s", member, wrong).startsWith(member);
        }
    }

    @Test
    void unknownMembersAreMalformed() {
        for (var json : List.of(versioned(2), unversioned())) {
            var quote = json.has("quote") ? "quote" : "tpm_quote";
            json.getAsJsonObject(quote).addProperty("x", 1);
            assertThat(refused(json)).isEqualTo(quote + ".x");
            json.getAsJsonObject(quote).remove("x");
            json.addProperty("x\n" + "y".repeat(200), 1);
            assertThat(refused(json)).isEqualTo("x?" + "y".repeat(78) + "...");
        }
    }

    @Test
    void nothingIsReadBeyondItsLargestSize() throws Exception {
        var json = versioned(1);
        json.addProperty("hcl_report", base64(new byte[4096]));
        json.addProperty("vcek", base64(new byte[16384]));
        var quote = json.getAsJsonObject("tpm_quote");
        quote.addProperty("message", "00".repeat(512));
        quote.addProperty("signature", "00".repeat(512));
        quote.add("pcrs", new JsonArray());
        for (int i = 0; i < 24; i++) {
            quote.getAsJsonArray("pcrs").add("00".repeat(64));
        }
        assertThat(AzureEvidence.parse(json).pcrs()).hasSize(24);
        for (var tooLong :
                List.of("hcl_report:4097", "vcek:16385", "tpm_quote.message:513", "tpm_quote.signature:513")) {
            var name = tooLong.substring(0, tooLong.indexOf(':'));
            var bytes = new byte[Integer.parseInt(tooLong.substring(name.length() + 1))];
            var longer = json.deepCopy();
            set(longer, name, new JsonPrimitive(name.startsWith("tpm") ? hex(bytes) : base64(bytes)));
            assertThat(refused(longer)).isEqualTo(name);
        }
        set(json, "tpm_quote.pcrs[5]", new JsonPrimitive("00".repeat(65)));
        assertThat(refused(json)).isEqualTo("tpm_quote.pcrs[5]");
        quote.getAsJsonArray("pcrs").add("00");
        assertThat(refused(json)).isEqualTo("tpm_quote.pcrs");
    }

    @Test
    void theFirstFormHasTheSameLimits() throws Exception {
        var largest = unversioned();
        largest.add("report", octets(new byte[4096]));
        assertThat(AzureEvidence.parse(largest).hclReport().length()).isEqualTo(4096);
        for (var tooLong : List.of("report:4097", "quote.message:513", "quote.signature:513", "quote.pcrs[1]:65")) {
            var name = tooLong.substring(0, tooLong.indexOf(':'));
            var longer = unversioned();
            set(longer, name, octets(new byte[Integer.parseInt(tooLong.substring(name.length() + 1))]));
            assertThat(refused(longer)).isEqualTo(name);
        }
        var json = unversioned();
        for (int i = 0; i < 23; i++) {
            json.getAsJsonObject("quote").getAsJsonArray("pcrs").add(octets(new byte[32]));
        }
        assertThat(refused(json)).isEqualTo("quote.pcrs");
    }

    @ParameterizedTest
    @CsvSource({
        "AQID_g==,true",
        "AQID_g,false",
        "AQID_h==,false",
        "AQID/g==,false",
        "'AQID_g==\n',false",
        "AQID_g=,false"
    })
    void base64UrlIsReadInItsOneForm(String text, boolean fine) throws Exception {
        var json = versioned(1);
        json.addProperty("hcl_report", text);
        if (fine) {
            assertThat(AzureEvidence.parse(json)).isEqualTo(EXPECTED);
        } else {
            assertThat(refused(json)).isEqualTo("hcl_report");
        }
    }

    @Test
    void pemIsOneCertificateWithNothingAroundIt() throws Exception {
        var pem = unversioned().get("vcek").getAsString();
        for (var fine : List.of(pem, pem.strip(), pem.replace("\n", "\r\n"))) {
            var json = unversioned();
            json.addProperty("vcek", fine);
            assertThat(AzureEvidence.parse(json)).isEqualTo(EXPECTED);
        }
        for (var wrong : List.of(
                "",
                pem + pem,
                "x" + pem,
                pem + "x",
                pem.replace("CERTIFICATE", "X509 CRL"),
                pem.replace("AAAA", "AA A"),
                pem.replace("AAAA", "AAé"),
                pem.replace("\n", ""),
                "-----BEGIN CERTIFICATE-----\n",
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE----",
                "-----BEGIN CERTIFICATE-----\n" + "A".repeat(40_000) + "\n-----END CERTIFICATE-----")) {
            var json = unversioned();
            json.addProperty("vcek", wrong);
            assertThat(refused(json)).as(wrong).isEqualTo("vcek");
        }
    }

    @Test
    void anyObjectIsRefusedInOrder() {
        var random = new Random(7);
        int parsed = 0;
        for (int i = 0; i < 5_000; i++) {
            var json = random.nextBoolean() ? versioned(1 + random.nextInt(2)) : unversioned();
            var quote = json.getAsJsonObject(json.has("quote") ? "quote" : "tpm_quote");
            var target = random.nextBoolean() ? json : quote;
            var names = List.copyOf(target.keySet());
            target.add(names.get(random.nextInt(names.size())), anything(random, 0));
            try {
                AzureEvidence.parse(json);
                parsed++;
            } catch (MalformedAzureEvidenceException e) {
                assertThat(e.offset()).isEmpty();
            }
        }
        assertThat(parsed).isBetween(1, 4_999);
    }

    private static JsonElement anything(Random random, int depth) {
        switch (random.nextInt(depth > 2 ? 4 : 6)) {
            case 0 -> {
                return JsonNull.INSTANCE;
            }
            case 1 -> {
                return new JsonPrimitive(random.nextInt(3) == 0 ? new BigDecimal("1e999999999") : random.nextInt(300));
            }
            case 2 -> {
                return new JsonPrimitive("0".repeat(random.nextInt(10)));
            }
            case 3 -> {
                return new JsonPrimitive(random.nextBoolean());
            }
            case 4 -> {
                var array = new JsonArray();
                for (int i = random.nextInt(30); i > 0; i--) {
                    array.add(anything(random, depth + 1));
                }
                return array;
            }
            default -> {
                var object = new JsonObject();
                object.add("pcrs", anything(random, depth + 1));
                return object;
            }
        }
    }

    private static JsonObject versioned(int version) {
        var json = new JsonObject();
        json.addProperty("version", version);
        var quote = new JsonObject();
        quote.addProperty("signature", hex(SIGNATURE));
        quote.addProperty("message", hex(MESSAGE));
        quote.add("pcrs", new JsonArray());
        quote.getAsJsonArray("pcrs").add("00".repeat(32));
        quote.getAsJsonArray("pcrs").add("ff".repeat(32));
        json.add("tpm_quote", quote);
        json.addProperty("hcl_report", base64(REPORT));
        json.addProperty("vcek", base64(VCEK));
        return json;
    }

    private static JsonObject unversioned() {
        var json = new JsonObject();
        var quote = new JsonObject();
        quote.add("signature", octets(SIGNATURE));
        quote.add("message", octets(MESSAGE));
        quote.add("pcrs", new JsonArray());
        EXPECTED.pcrs().forEach(pcr -> quote.getAsJsonArray("pcrs").add(octets(pcr.toArray())));
        json.add("quote", quote);
        json.add("report", octets(REPORT));
        var encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        json.addProperty(
                "vcek",
                "-----BEGIN CERTIFICATE-----\n" + encoder.encodeToString(VCEK) + "\n-----END CERTIFICATE-----\n");
        return json;
    }

    private static JsonArray octets(byte[] bytes) {
        var array = new JsonArray();
        for (byte b : bytes) {
            array.add(b & 0xff);
        }
        return array;
    }

    private static String hex(byte[] bytes) {
        return Bytes.copyOf(bytes).toString();
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    private static void set(JsonObject json, String path, JsonElement value) {
        int dot = path.indexOf('.');
        if (dot > 0) {
            set(json.getAsJsonObject(path.substring(0, dot)), path.substring(dot + 1), value);
        } else if (path.endsWith("]")) {
            int bracket = path.indexOf('[');
            json.getAsJsonArray(path.substring(0, bracket))
                    .set(Integer.parseInt(path.substring(bracket + 1, path.length() - 1)), value);
        } else {
            json.add(path, value);
        }
    }

    private static String refused(JsonObject json) {
        var malformed = catchThrowableOfType(MalformedAzureEvidenceException.class, () -> AzureEvidence.parse(json));
        assertThat(malformed).isNotNull();
        return malformed.part();
    }
}
