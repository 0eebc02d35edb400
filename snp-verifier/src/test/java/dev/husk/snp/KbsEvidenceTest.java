package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KbsEvidenceTest {
    private static final Path REPORTS =
            Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), "snp/reports");

    static List<Path> reports() throws IOException {
        try (var folders = Files.list(REPORTS)) {
            var all = folders.sorted().map(f -> f.resolve("report.bin")).toList();
            assertThat(all).hasSizeGreaterThan(20);
            return all;
        }
    }

    @ParameterizedTest
    @MethodSource("reports")
    void everyRealReportComesBackByteForByte(Path file) throws Exception {
        byte[] report = Files.readAllBytes(file);
        var text = evidence(report).toString();
        var evidence = KbsEvidence.parse(JsonParser.parseString(text).getAsJsonObject());
        assertThat(evidence.report()).isEqualTo(Bytes.copyOf(report));
        assertThat(evidence.certificates()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("reports")
    void everyRealReportIsWrittenAsTheAgentDoesAndReadBack(Path file) throws Exception {
        var report = Bytes.copyOf(Files.readAllBytes(file));
        var table = new CertificateTable(Map.of(
                CertificateTable.Kind.VCEK, Bytes.fromHex("00ff80"), CertificateTable.Kind.ASK, Bytes.fromHex("01")));
        for (var original :
                List.of(new KbsEvidence(report, CertificateTable.empty()), new KbsEvidence(report, table))) {
            var text = original.toJson().toString();
            assertThat(KbsEvidence.parse(JsonParser.parseString(text).getAsJsonObject()))
                    .isEqualTo(original);
        }
        var written = new KbsEvidence(report, CertificateTable.empty()).toJson();
        assertThat(withoutNulls(written)).isEqualTo(withoutNulls(evidence(report.toArray())));
    }

    @Test
    void aReportThatJsonCannotCarryIsNotWritten() throws Exception {
        byte[] genuine = Files.readAllBytes(REPORTS.resolve("00d244d8d4/report.bin"));
        for (int offset : new int[] {0x04C, 0x03A, 0x18B, 0x1EB, 0x1F8, 0x29F, 0x330, 0x49F}) {
            byte[] changed = genuine.clone();
            changed[offset] ^= 1;
            assertThat(unwritable(changed)).isEqualTo(offset);
        }
        byte[] unknown = genuine.clone();
        unknown[0] = 6;
        assertThat(unwritable(unknown)).isZero();
        byte[] processor = genuine.clone();
        processor[0x188] = 0x18;
        assertThat(unwritable(processor)).isEqualTo(0x188);
        assertThat(unwritable(Arrays.copyOf(genuine, 1183))).isEqualTo(1183);
        assertThat(unwritable(Arrays.copyOf(genuine, 1185))).isEqualTo(1184);
        assertThat(unwritable(new byte[0])).isZero();
    }

    @Test
    void aTurinOfVersionTwoIsWrittenInItsOwnLayout() throws Exception {
        byte[] turin = Files.readAllBytes(REPORTS.resolve("067d21b829/report.bin"));
        turin[0] = 2;
        Arrays.fill(turin, 0x188, 0x1A0, (byte) 0);
        Arrays.fill(turin, 0x1F8, 0x208, (byte) 0);
        var json = new KbsEvidence(Bytes.copyOf(turin), CertificateTable.empty()).toJson();
        assertThat(json.getAsJsonObject("attestation_report")
                        .getAsJsonObject("reported_tcb")
                        .get("fmc")
                        .getAsInt())
                .isEqualTo(turin[0x180]);
        assertThat(KbsEvidence.parse(json).report()).isEqualTo(Bytes.copyOf(turin));
    }

    private static int unwritable(byte[] report) {
        var e = catchThrowableOfType(
                MalformedReportException.class,
                () -> new KbsEvidence(Bytes.copyOf(report), CertificateTable.empty()).toJson());
        assertThat(e).isNotNull();
        return e.offset();
    }

    /** Rust writes what a version lacks as null; the reader takes that and nothing at all alike. */
    private static JsonElement withoutNulls(JsonElement json) {
        if (!json.isJsonObject()) {
            return json;
        }
        var kept = new JsonObject();
        json.getAsJsonObject().entrySet().stream()
                .filter(entry -> !entry.getValue().isJsonNull())
                .forEach(entry -> kept.add(entry.getKey(), withoutNulls(entry.getValue())));
        return JsonParser.parseString(kept.toString());
    }

    @Test
    void certificatesComeLeafFirstWhateverTheHostsOrder() throws Exception {
        var json = genuine();
        json.add("cert_chain", new JsonArray());
        var chain = json.getAsJsonArray("cert_chain");
        chain.add(certificate("ARK", 1));
        chain.add(certificate("CRL", 2));
        chain.add(certificate("VLEK", 3));
        chain.add(certificate("VCEK", 4));
        var other = certificate("", 5);
        other.add("cert_type", JsonParser.parseString("{\"OTHER\":\"00000000-0000-0000-0000-000000000001\"}"));
        chain.add(other);
        chain.add(certificate("ASK", 6));
        chain.add(certificate("Empty", 7));
        assertThat(KbsEvidence.parse(json).certificates())
                .extracting(b -> b.at(0))
                .containsExactly(4, 6, 1);
        json.getAsJsonObject("attestation_report").addProperty("key_info", 1 << 2);
        assertThat(KbsEvidence.parse(json).certificates())
                .extracting(b -> b.at(0))
                .containsExactly(3, 6, 1);
    }

    @Test
    void aTableWithoutEntriesIsAsGoodAsNone() throws Exception {
        var json = genuine();
        json.add("cert_chain", new JsonArray());
        assertThat(KbsEvidence.parse(json).certificates()).isEmpty();
        json.remove("cert_chain");
        assertThat(KbsEvidence.parse(json).certificates()).isEmpty();
    }

    @Test
    void theLargestNumbersFitAndTheNextDoNot() throws Exception {
        var json = genuine();
        var report = json.getAsJsonObject("attestation_report");
        report.addProperty("policy", new BigDecimal("18446744073709551615"));
        report.addProperty("vmpl", 4294967295L);
        assertThat(KbsEvidence.parse(json).report().slice(8, 8).toString()).isEqualTo("ff".repeat(8));
        report.addProperty("policy", new BigDecimal("18446744073709551616"));
        assertThat(refused(json)).isEqualTo("attestation_report.policy");
        report.addProperty("policy", 0);
        report.addProperty("vmpl", 4294967296L);
        assertThat(refused(json)).isEqualTo("attestation_report.vmpl");
    }

    @Test
    void everyMemberOfTheReportIsRequiredAndCheckedForItsType() throws Exception {
        for (var member : members(genuine().getAsJsonObject("attestation_report"), "")) {
            for (var wrong : List.of(
                    "null",
                    "\"1\"",
                    "true",
                    "-1",
                    "1.0",
                    "1e3",
                    "1e999999999",
                    "36893488147419103232",
                    "[]",
                    "[0]",
                    "{}",
                    "[[]]")) {
                if (member.endsWith("fmc") && wrong.equals("null")) {
                    continue;
                }
                var json = genuine();
                set(json.getAsJsonObject("attestation_report"), member, JsonParser.parseString(wrong));
                assertThat(refused(json)).as("%s = %s", member, wrong).startsWith("attestation_report." + member);
            }
            var json = genuine();
            set(json.getAsJsonObject("attestation_report"), member, null);
            if (!member.endsWith("fmc")) {
                assertThat(refused(json)).isEqualTo("attestation_report." + member);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "report_data,64",
        "measurement,48",
        "host_data,32",
        "id_key_digest,48",
        "author_key_digest,48",
        "report_id,32",
        "report_id_ma,32",
        "chip_id,64",
        "family_id,16",
        "image_id,16",
        "signature.r,72",
        "signature.s,72"
    })
    void arraysHaveOneLengthAndHoldBytes(String member, int size) throws Exception {
        for (int length : new int[] {0, size - 1, size + 1, 100_000}) {
            var json = genuine();
            set(json.getAsJsonObject("attestation_report"), member, numbers(new byte[length]));
            assertThat(refused(json)).as("%d bytes", length).isEqualTo("attestation_report." + member);
        }
        for (var wrong : List.of("256", "-1", "0.5", "\"0\"", "null", "[]", "1e2")) {
            var json = genuine();
            var array = numbers(new byte[size]);
            array.set(size - 1, JsonParser.parseString(wrong));
            set(json.getAsJsonObject("attestation_report"), member, array);
            assertThat(refused(json)).isEqualTo("attestation_report.%s[%d]".formatted(member, size - 1));
        }
    }

    @Test
    void membersThatNobodyKnowsAreRefusedAtEveryLevel() throws Exception {
        for (var path : List.of(
                "",
                "attestation_report.",
                "attestation_report.launch_tcb.",
                "attestation_report.current.",
                "attestation_report.signature.")) {
            var json = genuine();
            set(json, path + "extra", new JsonPrimitive(1));
            assertThat(refused(json)).isEqualTo(path + "extra");
        }
        var json = genuine();
        json.addProperty("x\n".repeat(1000), 1);
        assertThat(refused(json)).hasSizeLessThan(100).doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource({
        "version,6",
        "version,1",
        "cpuid_fam_id,1",
        "launch_mit_vector,0",
        "current_mit_vector,0",
        "current_tcb.fmc,0",
        "cpuid_mod_id,256",
        "committed.build,256"
    })
    void membersMustSuitTheVersionAndTheProcessor(String member, int value) throws Exception {
        var json = genuine();
        set(json.getAsJsonObject("attestation_report"), member, new JsonPrimitive(value));
        assertThat(refused(json)).isEqualTo("attestation_report." + member);
    }

    @Test
    void versionTwoHasNoProcessorAndVersionFiveItsMitigations() throws Exception {
        var json = genuine();
        json.getAsJsonObject("attestation_report").addProperty("version", 2);
        assertThat(refused(json)).isEqualTo("attestation_report.cpuid_fam_id");
        json.getAsJsonObject("attestation_report").addProperty("version", 5);
        assertThat(refused(json)).isEqualTo("attestation_report.launch_mit_vector");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7 | cert_chain",
                "{} | cert_chain",
                "[7] | cert_chain[0]",
                "[{\"data\":[]}] | cert_chain[0].cert_type",
                "[{\"cert_type\":\"VCEK\"}] | cert_chain[0].data",
                "[{\"cert_type\":\"VCEK\",\"data\":\"\"}] | cert_chain[0].data",
                "[{\"cert_type\":\"VCEK\",\"data\":[256]}] | cert_chain[0].data[0]",
                "[{\"cert_type\":\"vcek\",\"data\":[1]}] | cert_chain[0].cert_type",
                "[{\"cert_type\":1,\"data\":[1]}] | cert_chain[0].cert_type",
                "[{\"cert_type\":{},\"data\":[1]}] | cert_chain[0].cert_type.OTHER",
                "[{\"cert_type\":{\"OTHER\":1},\"data\":[1]}] | cert_chain[0].cert_type.OTHER",
                "[{\"cert_type\":{\"OTHER\":\"\",\"x\":1},\"data\":[1]}] | cert_chain[0].cert_type.x",
                "[{\"cert_type\":\"ASK\",\"data\":[1],\"x\":1}] | cert_chain[0].x",
                "[{\"cert_type\":\"ASK\",\"data\":[1]},{\"cert_type\":\"ASK\",\"data\":[1]}] | cert_chain[1].cert_type"
            })
    void aMalformedTableIsNamed(String chain, String member) throws Exception {
        var json = genuine();
        json.add("cert_chain", JsonParser.parseString(chain));
        assertThat(refused(json)).isEqualTo(member);
    }

    @Test
    void anOversizedTableIsRefused() throws Exception {
        var json = genuine();
        var chain = new JsonArray();
        json.add("cert_chain", chain);
        chain.add(JsonParser.parseString("{\"cert_type\":\"VCEK\",\"data\":%s}".formatted(numbers(new byte[20_000]))));
        assertThat(refused(json)).isEqualTo("cert_chain[0].data");
        chain.remove(0);
        for (int i = 0; i < 17; i++) {
            chain.add(certificate("Empty", 0));
        }
        assertThat(refused(json)).isEqualTo("cert_chain");
    }

    @Test
    void theLargestTableIsRead() throws Exception {
        var json = genuine();
        var chain = new JsonArray();
        json.add("cert_chain", chain);
        chain.add(
                JsonParser.parseString("{\"cert_type\":\"VCEK\",\"data\":%s}".formatted(numbers(new byte[16 << 10]))));
        for (int i = 0; i < 15; i++) {
            chain.add(certificate("Empty", 0));
        }
        assertThat(KbsEvidence.parse(json).certificates())
                .singleElement()
                .satisfies(leaf -> assertThat(leaf.length()).isEqualTo(16 << 10));
    }

    @Test
    void versionTwoIsATurinsWhereItSaysItsFmc() throws Exception {
        for (var turin : List.of(true, false)) {
            var product = turin ? Product.TURIN : Product.MILAN;
            var report = Bytes.copyOf(
                    ReportEncoder.encode(ReportEncoder.sample(product, 2, AttestationReport.SigningKey.VCEK)));
            var json = evidence(report.toArray(), turin);
            assertThat(KbsEvidence.parse(json).report()).isEqualTo(report);
            set(json, "attestation_report.cpuid_step", new JsonPrimitive(1));
            assertThat(refused(json)).isEqualTo("attestation_report.cpuid_step");
        }
    }

    @Test
    void mitigationsAreNotBeforeVersionFive() throws Exception {
        for (var member : List.of("launch_mit_vector", "current_mit_vector")) {
            var json = genuine();
            set(json, "attestation_report." + member, new JsonPrimitive(0));
            assertThat(refused(json)).isEqualTo("attestation_report." + member);
        }
    }

    @Test
    void longNamesAreCutWhereTheyAreRepeated() throws Exception {
        for (int length : new int[] {80, 81}) {
            var json = genuine();
            json.addProperty("x".repeat(length), 1);
            assertThat(refused(json)).isEqualTo("x".repeat(80) + (length > 80 ? "..." : ""));
        }
    }

    @Tag("sweep")
    @Test
    void whateverTheEvidenceHoldsNothingElseIsThrown() throws Exception {
        var random = new Random(20260101);
        int refused = 0;
        for (int round = 0; round < 5_000; round++) {
            var json = genuine();
            json.add("cert_chain", JsonParser.parseString("[{\"cert_type\":\"VCEK\",\"data\":[1,2]}]"));
            for (int change = random.nextInt(3); change >= 0; change--) {
                mutate(json, random);
            }
            try {
                assertThat(KbsEvidence.parse(json).report().length()).isEqualTo(AttestationReport.SIZE);
            } catch (MalformedEvidenceException e) {
                refused++;
                assertThat(e.member()).isNotEmpty();
            }
        }
        assertThat(refused).isGreaterThan(2_500);
    }

    /** Walks down to a random place and changes what is there. */
    private static void mutate(JsonElement root, Random random) {
        var at = root;
        while (true) {
            boolean here = random.nextInt(4) == 0;
            if (at.isJsonObject() && !at.getAsJsonObject().isEmpty()) {
                var names = new ArrayList<>(at.getAsJsonObject().keySet());
                var name = names.get(random.nextInt(names.size()));
                var next = at.getAsJsonObject().get(name);
                if (here || !(next.isJsonArray() || next.isJsonObject())) {
                    if (random.nextBoolean()) {
                        at.getAsJsonObject().add(name, junk(random));
                    } else if (random.nextBoolean()) {
                        at.getAsJsonObject().remove(name);
                    } else {
                        at.getAsJsonObject().add(name + random.nextInt(3), junk(random));
                    }
                    return;
                }
                at = next;
            } else if (at.isJsonArray() && !at.getAsJsonArray().isEmpty()) {
                int index = random.nextInt(at.getAsJsonArray().size());
                var next = at.getAsJsonArray().get(index);
                if (here || !(next.isJsonArray() || next.isJsonObject())) {
                    at.getAsJsonArray().set(index, junk(random));
                    return;
                }
                at = next;
            } else {
                return;
            }
        }
    }

    private static JsonElement junk(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> JsonNull.INSTANCE;
            case 1 -> new JsonPrimitive(random.nextLong());
            case 2 -> new JsonPrimitive(random.nextInt(256));
            case 3 -> new JsonPrimitive(Double.NaN);
            case 4 -> new JsonPrimitive(random.nextBoolean());
            case 5 -> new JsonPrimitive("\u0000text");
            case 6 -> new JsonObject();
            case 7 -> JsonParser.parseString("-1e999999999");
            default -> numbers(new byte[random.nextInt(100)]);
        };
    }

    private static String refused(JsonObject json) {
        var e = catchThrowableOfType(MalformedEvidenceException.class, () -> KbsEvidence.parse(json));
        assertThat(e).isNotNull();
        assertThat(e).hasMessageStartingWith("evidence: " + e.member() + ": ");
        return e.member();
    }

    private static void set(JsonObject json, String path, @Nullable JsonElement value) {
        int dot = path.indexOf('.');
        if (dot >= 0) {
            set(json.getAsJsonObject(path.substring(0, dot)), path.substring(dot + 1), value);
        } else if (value == null) {
            json.remove(path);
        } else {
            json.add(path, value);
        }
    }

    private static List<String> members(JsonObject json, String path) {
        var all = new ArrayList<String>();
        for (var entry : json.entrySet()) {
            all.add(path + entry.getKey());
            if (entry.getValue().isJsonObject()) {
                all.addAll(members(entry.getValue().getAsJsonObject(), path + entry.getKey() + "."));
            }
        }
        return all;
    }

    /** Evidence of a Milan, version 3. */
    private static JsonObject genuine() throws IOException {
        return evidence(Files.readAllBytes(REPORTS.resolve("00d244d8d4/report.bin")));
    }

    private static JsonObject certificate(String type, int content) {
        var entry = new JsonObject();
        entry.addProperty("cert_type", type);
        entry.add("data", numbers(new byte[] {(byte) content}));
        return entry;
    }

    /** What the Attestation Agent writes for a report. */
    static JsonObject evidence(byte[] report) {
        return evidence(report, report[0] > 2 && report[0x188] == 0x1a);
    }

    /** @param turin in version 2, whether the report is of a Turin, which it does not say itself */
    static JsonObject evidence(byte[] report, boolean turin) {
        var in = ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN);
        int version = in.getInt(0);
        var json = new JsonObject();
        json.addProperty("version", version);
        json.addProperty("guest_svn", in.getInt(0x004) & 0xffffffffL);
        json.add("policy", u64(in, 0x008));
        json.add("family_id", numbers(report, 0x010, 16));
        json.add("image_id", numbers(report, 0x020, 16));
        json.addProperty("vmpl", in.getInt(0x030) & 0xffffffffL);
        json.addProperty("sig_algo", in.getInt(0x034) & 0xffffffffL);
        json.add("current_tcb", tcb(report, 0x038, turin));
        json.add("plat_info", u64(in, 0x040));
        json.addProperty("key_info", in.getInt(0x048) & 0xffffffffL);
        json.add("report_data", numbers(report, 0x050, 64));
        json.add("measurement", numbers(report, 0x090, 48));
        json.add("host_data", numbers(report, 0x0C0, 32));
        json.add("id_key_digest", numbers(report, 0x0E0, 48));
        json.add("author_key_digest", numbers(report, 0x110, 48));
        json.add("report_id", numbers(report, 0x140, 32));
        json.add("report_id_ma", numbers(report, 0x160, 32));
        json.add("reported_tcb", tcb(report, 0x180, turin));
        if (version > 2) {
            json.addProperty("cpuid_fam_id", report[0x188] & 0xff);
            json.addProperty("cpuid_mod_id", report[0x189] & 0xff);
            json.addProperty("cpuid_step", report[0x18A] & 0xff);
        }
        json.add("chip_id", numbers(report, 0x1A0, 64));
        json.add("committed_tcb", tcb(report, 0x1E0, turin));
        json.add("current", firmware(report, 0x1E8));
        json.add("committed", firmware(report, 0x1EC));
        json.add("launch_tcb", tcb(report, 0x1F0, turin));
        if (version >= 5) {
            json.add("launch_mit_vector", u64(in, 0x1F8));
            json.add("current_mit_vector", u64(in, 0x200));
        }
        var signature = new JsonObject();
        signature.add("r", numbers(report, 0x2A0, 72));
        signature.add("s", numbers(report, 0x2E8, 72));
        json.add("signature", signature);
        var evidence = new JsonObject();
        evidence.add("attestation_report", json);
        evidence.add("cert_chain", JsonNull.INSTANCE);
        return evidence;
    }

    private static JsonObject tcb(byte[] report, int at, boolean turin) {
        var tcb = new JsonObject();
        tcb.add("fmc", turin ? new JsonPrimitive(report[at] & 0xff) : JsonNull.INSTANCE);
        tcb.addProperty("bootloader", report[turin ? at + 1 : at] & 0xff);
        tcb.addProperty("tee", report[turin ? at + 2 : at + 1] & 0xff);
        tcb.addProperty("snp", report[turin ? at + 3 : at + 6] & 0xff);
        tcb.addProperty("microcode", report[at + 7] & 0xff);
        return tcb;
    }

    private static JsonObject firmware(byte[] report, int at) {
        var version = new JsonObject();
        version.addProperty("major", report[at + 2] & 0xff);
        version.addProperty("minor", report[at + 1] & 0xff);
        version.addProperty("build", report[at] & 0xff);
        return version;
    }

    private static JsonPrimitive u64(ByteBuffer in, int at) {
        return new JsonPrimitive(new BigDecimal(Long.toUnsignedString(in.getLong(at))));
    }

    private static JsonArray numbers(byte[] report, int at, int length) {
        var array = new JsonArray();
        for (int i = 0; i < length; i++) {
            array.add(report[at + i] & 0xff);
        }
        return array;
    }

    private static JsonArray numbers(byte[] bytes) {
        return numbers(bytes, 0, bytes.length);
    }
}
