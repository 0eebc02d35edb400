package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Reason.Code;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A contract's platform (docs/protocol.md) as expectations. */
class ExpectationsJsonTest {
    private static final AttestationReport SAMPLE = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);

    /** A platform that the sample meets, with each member said as narrowly as can be. */
    static JsonObject platform() {
        return JsonParser.parseString("""
                {
                  "name": "cloud", "binding": "sandbox",
                  "tee": "snp",
                  "products": ["Milan", "Turin"],
                  "measurements": ["%s", "%s"],
                  "hostData": ["%s"],
                  "minimumTcb": {
                    "Milan": {"bootloader": 4, "tee": 5, "snp": 6, "microcode": 7},
                    "Turin": {"fmc": 1, "bootloader": 0, "tee": 0, "snp": 0, "microcode": 255}
                  },
                  "policy": {
                    "debug": false, "migrationAgent": false, "smt": true, "singleSocket": false,
                    "ciphertextHiding": false
                  },
                  "platformInfo": {
                    "smt": true, "tsme": false, "ecc": true, "raplDisabled": false, "ciphertextHiding": false,
                    "aliasCheck": true, "tio": "any"
                  },
                  "idKeys": ["%s"],
                  "authorKeys": ["%s"],
                  "chips": ["%s"],
                  "vmpl": ["1"],
                  "providers": "none",
                  "reportData": "%s"
                }
                """.formatted(
                                "00".repeat(48),
                                SAMPLE.measurement(),
                                SAMPLE.hostData(),
                                SAMPLE.idKeyDigest(),
                                SAMPLE.authorKeyDigest(),
                                SAMPLE.chipId(),
                                SAMPLE.reportData()))
                .getAsJsonObject();
    }

    /** Every member, with the path to it, but the two that say nothing here. */
    static List<String> members() {
        return List.of(
                "tee",
                "products",
                "measurements",
                "hostData",
                "minimumTcb",
                "minimumTcb.Milan",
                "minimumTcb.Milan.bootloader",
                "minimumTcb.Milan.tee",
                "minimumTcb.Milan.snp",
                "minimumTcb.Milan.microcode",
                "minimumTcb.Turin.fmc",
                "policy",
                "policy.debug",
                "policy.migrationAgent",
                "policy.smt",
                "policy.singleSocket",
                "policy.ciphertextHiding",
                "platformInfo",
                "platformInfo.smt",
                "platformInfo.tsme",
                "platformInfo.ecc",
                "platformInfo.raplDisabled",
                "platformInfo.ciphertextHiding",
                "platformInfo.aliasCheck",
                "platformInfo.tio",
                "idKeys",
                "authorKeys",
                "chips",
                "vmpl",
                "providers",
                "reportData");
    }

    @Test
    void aPlatformSaysWhatTheBuilderCan() throws Exception {
        assertThat(codes(platform())).isEmpty();
        assertThat(Expectations.parse(platform()).simulated()).isFalse();
        assertThat(Expectations.parse(platform()).providers().allows("")).isFalse();
        var bare = platform();
        bare.remove("name");
        bare.remove("binding");
        assertThat(codes(bare)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("members")
    void noMemberMayBeMissing(String member) {
        if (member.equals("minimumTcb.Milan")) {
            return; // a product may be left out; it is then refused
        }
        var json = platform();
        parent(json, member).remove(last(member));
        assertThat(problems(json))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).startsWith(member));
        assertThat(problems(json).get(0)).startsWith(member + " ");
    }

    @ParameterizedTest
    @MethodSource("members")
    void noMemberMayBeOfAnotherType(String member) {
        for (var wrong : List.of(
                JsonNull.INSTANCE,
                new JsonPrimitive("x"),
                new JsonPrimitive(""),
                new JsonPrimitive("Any"),
                new JsonPrimitive(-1),
                new JsonPrimitive(256),
                new JsonPrimitive(1.5),
                new JsonArray(),
                JsonParser.parseString("[[]]"),
                JsonParser.parseString("[7]"),
                JsonParser.parseString("[null]"),
                JsonParser.parseString("[\"\"]"),
                JsonParser.parseString("{\"x\":1}"))) {
            if (member.equals("providers") && wrong.toString().equals("[\"\"]")) {
                continue; // any text may name a cloud
            }
            var json = platform();
            parent(json, member).add(last(member), wrong);
            assertThat(problems(json))
                    .as("%s = %s", member, wrong)
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem).startsWith(member));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "policy", "platformInfo", "minimumTcb", "minimumTcb.Milan"})
    void noMemberMayBeUnknown(String object) {
        var json = platform();
        parent(json, object.isEmpty() ? "x" : object + ".x").addProperty("surprise", 1);
        var path = object.isEmpty() ? "surprise" : object + ".surprise";
        assertThat(problems(json)).singleElement().asString().startsWith(path + " ");
    }

    @Test
    void onlyATurinHasAnFmc() {
        var json = platform();
        parent(json, "minimumTcb.Milan.x").addProperty("fmc", 0);
        assertThat(problems(json)).singleElement().asString().startsWith("minimumTcb.Milan.fmc ");
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        var json = new JsonObject();
        assertThat(problems(json))
                .extracting(problem -> problem.substring(0, problem.indexOf(' ')))
                .contains(
                        "tee",
                        "reportData",
                        "products",
                        "measurements",
                        "hostData",
                        "minimumTcb",
                        "idKeys",
                        "authorKeys",
                        "chips",
                        "vmpl",
                        "providers");
        assertThat(problems(json).toString()).contains("policy").contains("platformInfo");
    }

    @ParameterizedTest
    @CsvSource({
        "products, PRODUCT_DENIED",
        "measurements, MEASUREMENT_UNKNOWN",
        "hostData, HOST_DATA_UNKNOWN",
        "idKeys, ID_KEY_UNKNOWN",
        "authorKeys, AUTHOR_KEY_UNKNOWN",
        "chips, CHIP_UNKNOWN",
        "vmpl, VMPL_DENIED"
    })
    void aListAcceptsWhatItNamesAndTheWordAnyEverything(String member, Code code) throws Exception {
        var json = platform();
        var other = switch (member) {
            case "products" -> "Genoa";
            case "vmpl" -> "0";
            case "hostData" -> "ab".repeat(32);
            case "chips" -> "ab".repeat(64);
            default -> "ab".repeat(48);
        };
        json.add(member, array(other));
        assertThat(codes(json)).containsExactly(code);
        json.addProperty(member, "any");
        assertThat(codes(json)).isEmpty();
        json.add(member, array(other, other));
        assertThat(codes(json)).containsExactly(code);
        json.add(member, JsonParser.parseString("{\"anyExcept\":[\"" + other + "\"]}"));
        if (member.equals("products") || member.equals("chips")) {
            assertThat(codes(json)).isEmpty();
            var own = member.equals("products") ? "Milan" : SAMPLE.chipId().toString();
            json.add(member, JsonParser.parseString("{\"anyExcept\":[\"" + own + "\"]}"));
            assertThat(codes(json)).containsExactly(code);
        } else {
            assertThat(problems(json)).singleElement().asString().startsWith(member + " ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"anyExcept\":[]}",
                "{\"anyExcept\":\"any\"}",
                "{\"anyExcept\":[\"x\"]}",
                "{\"anyExcept\":[\"Milan\"],\"x\":1}"
            })
    void anExceptionNamesWhatItExcepts(String value) {
        for (var member : List.of("products", "chips")) {
            var json = platform();
            json.add(member, JsonParser.parseString(value));
            assertThat(problems(json))
                    .isNotEmpty()
                    .allSatisfy(p -> assertThat(p).startsWith(member));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"measurements", "hostData", "idKeys", "authorKeys", "chips", "reportData"})
    void hexIsLowerCaseAndOfItsLength(String member) {
        var good = platform().get(member);
        var text = good.isJsonArray() ? good.getAsJsonArray().get(0).getAsString() : good.getAsString();
        for (var wrong : List.of(
                "AB" + text.substring(2),
                text.substring(2),
                text.substring(1),
                text + "00",
                "0x" + text.substring(2),
                "zz" + text.substring(2),
                " " + text.substring(1),
                text.substring(1) + "\n",
                "\u0660" + text.substring(1))) {
            var json = platform();
            json.add(member, good.isJsonArray() ? array(wrong) : new JsonPrimitive(wrong));
            assertThat(problems(json)).singleElement().asString().startsWith(member + " has an unusable value");
            if (good.isJsonArray()) {
                json.add(member, array(text, wrong));
                assertThat(problems(json)).singleElement().asString().startsWith(member + " has an unusable value");
            }
        }
    }

    @Test
    void theMinimumIsPerProductAndMayBeAny() throws Exception {
        var json = platform();
        parent(json, "minimumTcb.Milan.x").addProperty("microcode", 8);
        assertThat(codes(json)).containsExactly(Code.TCB_TOO_OLD);
        json.getAsJsonObject("minimumTcb").remove("Milan");
        assertThat(codes(json)).containsExactly(Code.TCB_TOO_OLD);
        json.addProperty("minimumTcb", "any");
        assertThat(codes(json)).isEmpty();
        json.add("minimumTcb", new JsonObject());
        assertThat(problems(json)).singleElement().asString().startsWith("minimumTcb ");
        for (var text : List.of("-0", "007", "1e1", "1.0", "256", "1000", "99999999999")) {
            var odd = platform();
            parent(odd, "minimumTcb.Milan.x")
                    .add(
                            "tee",
                            JsonParser.parseString("[" + text + "]")
                                    .getAsJsonArray()
                                    .get(0));
            assertThat(problems(odd)).as(text).singleElement().asString().startsWith("minimumTcb.Milan.tee ");
        }
        for (var text : List.of("0", "9", "10", "255")) {
            var even = platform();
            parent(even, "minimumTcb.Turin.x").add("tee", JsonParser.parseString(text));
            assertThat(codes(even)).isEmpty();
        }
    }

    @Test
    void everyComponentOfTheMinimumIsRead() throws Exception {
        for (var component : List.of("bootloader", "tee", "snp", "microcode")) {
            var json = platform();
            parent(json, "minimumTcb.Milan.x").addProperty(component, 200);
            assertThat(codes(json)).as(component).containsExactly(Code.TCB_TOO_OLD);
        }
        var turin = ReportEncoder.sample(Product.TURIN, 3, SigningKey.VCEK);
        var json = platform();
        json.addProperty("chips", "any");
        parent(json, "minimumTcb.Turin.x").addProperty("microcode", 7);
        assertThat(Expectations.parse(json).mismatches(turin)).isEmpty();
        parent(json, "minimumTcb.Turin.x").addProperty("fmc", 2);
        assertThat(Expectations.parse(json).mismatches(turin))
                .extracting(Reason::code)
                .containsOnly(Code.TCB_TOO_OLD);
    }

    @Test
    void falseForbidsAndTrueAndAnyAllow() throws Exception {
        for (var member : List.of("debug", "migrationAgent")) {
            var encoded = ReportEncoder.encode(SAMPLE);
            encoded[0x0A] |= (byte) (member.equals("debug") ? 8 : 4);
            var open = AttestationReport.parse(Bytes.copyOf(encoded), Product.MILAN);
            var json = platform();
            assertThat(Expectations.parse(json).mismatches(open)).hasSize(1);
            json.getAsJsonObject("policy").addProperty(member, true);
            assertThat(Expectations.parse(json).mismatches(open)).isEmpty();
            assertThat(codes(json)).as("and a closed one").isEmpty();
            json.getAsJsonObject("policy").addProperty(member, "any");
            assertThat(Expectations.parse(json).mismatches(open)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "policy.smt, SMT_MISMATCH",
        "policy.singleSocket, SINGLE_SOCKET_MISMATCH",
        "policy.ciphertextHiding, CIPHERTEXT_HIDING_MISMATCH",
        "platformInfo.smt, PLATFORM_INFO_MISMATCH",
        "platformInfo.tsme, PLATFORM_INFO_MISMATCH",
        "platformInfo.ecc, PLATFORM_INFO_MISMATCH",
        "platformInfo.raplDisabled, PLATFORM_INFO_MISMATCH",
        "platformInfo.ciphertextHiding, PLATFORM_INFO_MISMATCH",
        "platformInfo.aliasCheck, PLATFORM_INFO_MISMATCH",
    })
    void aBitIsSetClearOrAny(String member, Code code) throws Exception {
        var json = platform();
        boolean said = parent(json, member).get(last(member)).getAsBoolean();
        parent(json, member).addProperty(last(member), !said);
        assertThat(codes(json)).containsExactly(code);
        parent(json, member).addProperty(last(member), "any");
        assertThat(codes(json)).isEmpty();
    }

    @Test
    void theMachineMayBeAny() throws Exception {
        var json = platform();
        json.getAsJsonObject("platformInfo").addProperty("tio", true);
        assertThat(codes(json)).containsExactly(Code.PLATFORM_INFO_MISMATCH);
        json.addProperty("platformInfo", "any");
        assertThat(codes(json)).isEmpty();
        json.addProperty("policy", "any");
        assertThat(problems(json)).as("each bit of the policy is said").isNotEmpty();
    }

    @Test
    void simulatedAndHardwareAreSaid() throws Exception {
        var json = platform();
        json.addProperty("tee", "simulated");
        assertThat(Expectations.parse(json).simulated()).isTrue();
        json.addProperty("tee", "any");
        assertThat(problems(json)).singleElement().asString().startsWith("tee ");
    }

    @Test
    void cloudsAreNamedOrNone() throws Exception {
        var json = platform();
        json.add("providers", array("CN=a", "CN=b"));
        var providers = Expectations.parse(json).providers();
        assertThat(providers.allows("CN=b")).isTrue();
        assertThat(providers.allows("CN=c")).isFalse();
        json.addProperty("providers", "any");
        assertThat(problems(json)).singleElement().asString().startsWith("providers ");
    }

    @Test
    void reportDataIsInThePlatformOrBesideItAndNeverBoth() throws Exception {
        var json = platform();
        json.addProperty("reportData", "00".repeat(64));
        assertThat(codes(json)).containsExactly(Code.REPORT_DATA_MISMATCH);
        json.addProperty("reportData", "any");
        assertThat(codes(json)).isEmpty();
        json.add("reportData", array(SAMPLE.reportData().toString()));
        assertThat(problems(json)).singleElement().asString().startsWith("reportData ");
        var beside = Allowed.only(Set.of(SAMPLE.reportData()));
        assertThatThrownBy(() -> Expectations.parse(platform(), beside))
                .isInstanceOf(MalformedExpectationsException.class)
                .hasMessageContaining("reportData");
        json.remove("reportData");
        assertThat(Expectations.parse(json, beside).mismatches(SAMPLE)).isEmpty();
        assertThat(Expectations.parse(json, Allowed.only(Set.of(ReportEncoder.filled(64, 9))))
                        .mismatches(SAMPLE))
                .extracting(Reason::code)
                .containsExactly(Code.REPORT_DATA_MISMATCH);
    }

    @Test
    void whatTheSenderWroteIsCutAndCleanedBeforeItIsRepeated() {
        var json = platform();
        json.addProperty("\u001b[31m" + "x".repeat(100), 1);
        var problem = problems(json).get(0);
        assertThat(problem).startsWith("?[31mxxx").contains("...").hasSizeLessThan(80);
        assertThat(problem).matches("[\\x20-\\x7E]*");
        json = platform();
        json.addProperty("tee", "x");
        json.addProperty("x".repeat(40), 1);
        json.addProperty("vmpl", 9);
        var e = catchThrowableOfType(MalformedExpectationsException.class, () -> Expectations.parse(withoutName()));
        assertThat(e.getMessage()).startsWith("expectations: tee ").contains("; ");
        assertThat(problems(json)).hasSize(3).anySatisfy(p -> assertThat(p).startsWith("x".repeat(40) + " is"));
    }

    private static JsonObject withoutName() {
        var json = platform();
        json.addProperty("tee", "x");
        json.addProperty("vmpl", 9);
        return json;
    }

    private static List<Code> codes(JsonObject platform) throws MalformedExpectationsException {
        return Expectations.parse(platform).mismatches(SAMPLE).stream()
                .map(Reason::code)
                .distinct()
                .toList();
    }

    private static List<String> problems(JsonObject platform) {
        return catchThrowableOfType(MalformedExpectationsException.class, () -> Expectations.parse(platform))
                .problems();
    }

    private static JsonObject parent(JsonObject json, String path) {
        var object = json;
        var names = path.split("\\.");
        for (int i = 0; i < names.length - 1; i++) {
            object = object.getAsJsonObject(names[i]);
        }
        return object;
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private static JsonElement array(String... values) {
        var array = new JsonArray();
        for (var value : values) {
            array.add(value);
        }
        return array;
    }
}
