package dev.husk.snp.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.husk.snp.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HclReportTest {
    private static final int DATA = 0x4D4;
    private static final Bytes REPORT = Bytes.fromHex("77".repeat(1184));

    private static FakeVm vm;
    private static byte[] genuine;

    @BeforeAll
    static void boot() throws GeneralSecurityException {
        vm = new FakeVm();
        genuine = FakeVm.wrap(REPORT, 1, vm.variableData());
    }

    @Test
    void aReportComesApart() throws Exception {
        var report = HclReport.parse(Bytes.copyOf(genuine));
        assertThat(report.version()).isEqualTo(2);
        assertThat(report.report()).isEqualTo(REPORT);
        assertThat(report.hash()).isEqualTo(ClaimsHash.SHA_256);
        assertThat(report.signedVariableData()).isEqualTo(Bytes.copyOf(vm.variableData()));
        var data = report.variableData();
        assertThat(data.attestationKey().getModulus()).isEqualTo(vm.n());
        assertThat(data.attestationKey().getPublicExponent()).isEqualTo(65537);
        assertThat(data.userData()).contains(FakeVm.USER_DATA);
        assertThat(data.vmConfiguration())
                .hasSize(4)
                .containsEntry("secure-boot", "true")
                .containsEntry("current-time", "1678652405")
                .containsEntry("vmUniqueId", "\"BAEFD3E1-184B-4C4C-AB88-0BDAD260505F\"");
    }

    @ParameterizedTest
    @CsvSource({"1,SHA-256", "2,SHA-384", "3,SHA-512"})
    void reportDataIsTheHashAndThenZeros(int number, String algorithm) throws Exception {
        var report = HclReport.parse(Bytes.copyOf(FakeVm.wrap(REPORT, number, vm.variableData())));
        assertThat(report.reportData()).isEqualTo(FakeVm.reportData(algorithm, vm.variableData()));
    }

    @Test
    void anOldParavisorWritesVersionOneAndTakesNoUserData() throws Exception {
        byte[] old = ("{\"keys\":[" + vm.jwk("HCLAkPub", "encrypt") + "],\"vm-configuration\":{}}")
                .getBytes(StandardCharsets.UTF_8);
        byte[] encoded = FakeVm.wrap(REPORT, 1, old);
        encoded[4] = 1;
        var report = HclReport.parse(Bytes.copyOf(encoded));
        assertThat(report.version()).isEqualTo(1);
        assertThat(report.variableData().userData()).isEmpty();
        assertThat(report.variableData().vmConfiguration()).isEmpty();
    }

    @Test
    void everyTruncationIsMalformedAndPaddingMayBeShort() throws Exception {
        int end = DATA + vm.variableData().length;
        for (int length = 0; length < end; length++) {
            var malformed = refused(Arrays.copyOf(genuine, length));
            assertThat(malformed.part()).isEqualTo("hcl_report");
            assertThat(malformed.offset()).hasValue(length < DATA ? length : 0x4D0);
        }
        for (int length = end; length <= genuine.length; length++) {
            assertThat(HclReport.parse(Bytes.copyOf(Arrays.copyOf(genuine, length))))
                    .isEqualTo(HclReport.parse(Bytes.copyOf(genuine)));
        }
    }

    @Test
    void nothingButZerosMayFollow() {
        for (int i = DATA + vm.variableData().length; i < genuine.length; i++) {
            byte[] tampered = genuine.clone();
            tampered[i] = 1;
            assertThat(refused(tampered).offset()).hasValue(i);
        }
    }

    @Test
    void whatNoNvIndexCanHoldIsMalformed() throws Exception {
        assertThat(HclReport.parse(Bytes.copyOf(Arrays.copyOf(genuine, 4096))).report())
                .isEqualTo(REPORT);
        assertThat(refused(Arrays.copyOf(genuine, 4097)).offset()).hasValue(4096);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "0x000, 0x41424348, signature",
        "0x004, 0, unknown version 0",
        "0x004, 3, unknown version 3",
        "0x004, 0xFFFFFFFF, unknown version 4294967295",
        "0x00C, 1, request type is 1",
        "0x010, 1, byte is 0x01",
        "0x014, 1, byte is 0x01",
        "0x01C, 1, byte is 0x01",
        "0x4C4, 2, data version is 2",
        "0x4C8, 4, report type is 4",
        "0x4CC, 0, unknown hash 0",
        "0x4CC, 4, unknown hash 4",
        "0x4CC, 0x80000001, unknown hash 2147483649"
    })
    void aHeaderOutOfTheOrdinaryIsNamed(String offset, String value, String problem) {
        int at = Integer.decode(offset);
        assertThat(refused(with(at, Long.decode(value).intValue())))
                .hasMessageContaining("offset 0x%03X".formatted(at))
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x008, 0x4C0, 0x4D0})
    void sizesThatContradictEachOtherAreMalformed(int offset) {
        int right = ByteBuffer.wrap(genuine).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
        for (int wrong : new int[] {0, right - 1, right + 1, 4096, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            assertThat(refused(with(offset, wrong)).offset().getAsInt())
                    .as("0x%03X = %d", offset, wrong)
                    .isIn(0x008, 0x4C0, 0x4D0);
        }
    }

    @Test
    void everyFlippedBitOfTheHeadersIsMalformedButOneThatNamesAnotherHash() throws Exception {
        for (int i = 0; i < DATA; i++) {
            if (i == 0x20) {
                i += 1184;
            }
            for (int bit = 0; bit < 8; bit++) {
                byte[] tampered = genuine.clone();
                tampered[i] ^= (byte) (1 << bit);
                if (i == 0x4CC && bit == 1) {
                    assertThat(HclReport.parse(Bytes.copyOf(tampered)).hash()).isEqualTo(ClaimsHash.SHA_512);
                } else {
                    assertThat(refused(tampered).part()).isEqualTo("hcl_report");
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "HCLAkPub|HCLAKPub|no HCLAkPub",
                "HCLEkPub|HCLAkPub|a second HCLAkPub",
                "\"kid\":\"HCLEkPub\"|\"kid\":7|keys[1].kid: not a text",
                "\"kid\":\"HCLEkPub\",||keys[1].kid: missing",
                "\"kty\":\"RSA\"|\"kty\":\"EC\"|keys[0].kty: not RSA",
                "\"kty\":\"RSA\"|\"kty\":\"RSA\",\"use\":\"sig\"|keys[0].use: unknown member",
                "[\"sign\"]|\"sign\"|keys[0].key_ops: not an array",
                "\"e\":\"AQAB\"|\"e\":\"Aw\"|keys[0].e: not 65537",
                "\"e\":\"AQAB\"|\"e\":\"AQAB==\"|keys[0].e: not base64url",
                "\"e\":\"AQAB\"|\"e\":\"AQA+\"|keys[0].e: not base64url",
                "\"e\":\"AQAB\"|\"e\":\"AQABA\"|keys[0].e: not base64url",
                "\"keys\":|\"Keys\":|keys: missing",
                "\"vm-configuration\":{|\"vm-configuration\":7,\"x\":{|vm-configuration: not an object",
                "\"vm-configuration\"|\"vm\"|vm-configuration: missing",
                "\"vm-configuration\"|\"more\":{},\"vm-configuration\"|more: unknown member",
                "\"secure-boot\"|\"console-enabled\"|a member stands twice",
                "\"user-data\":\"A5|\"user-data\":\"|user-data: 63 bytes",
                "\"user-data\":\"A5|\"user-data\":\"A5A5|user-data: 65 bytes",
                "\"user-data\":\"A5|\"user-data\":\"A|user-data: not hex",
                "\"user-data\":\"A5|\"user-data\":\"ZZ|user-data: not hex",
                "\"user-data\":\"|\"user-data\":null,\"x\":\"|user-data: missing",
                "\"console-enabled\":true|\"console-enabled\":tRue|not JSON",
                "1678652405|016|not JSON",
                "1678652405|1e99999999999|not JSON",
                "1678652405|[[[[[[[[]]]]]]]]|not JSON",
                "{\"keys\"|\uFEFF{\"keys\"|byte order mark",
                "{\"keys\"|[{\"keys\"|not JSON"
            })
    void variableDataOutOfTheOrdinaryAreNamed(String part, String instead, String problem) {
        var text = new String(vm.variableData(), StandardCharsets.UTF_8);
        assertThat(text).contains(part);
        int at = text.indexOf(part);
        var changed = text.substring(0, at) + (instead == null ? "" : instead) + text.substring(at + part.length());
        var malformed = refused(FakeVm.wrap(REPORT, 1, changed.getBytes(StandardCharsets.UTF_8)));
        assertThat(malformed.offset()).hasValue(DATA);
        assertThat(malformed).hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "7", "[]", "\"keys\"", "{}{}", "{} x", "{\"keys\":[7]}", "{\"keys\":[]}"})
    void variableDataMustBeOneObject(String text) {
        assertThat(refused(FakeVm.wrap(REPORT, 1, text.getBytes(StandardCharsets.UTF_8)))
                        .offset())
                .hasValue(DATA);
    }

    @Test
    void textThatIsNotUtf8IsMalformed() {
        byte[] data = vm.variableData();
        data[data.length - 3] = (byte) 0xff;
        assertThat(refused(FakeVm.wrap(REPORT, 1, data))).hasMessageContaining("not valid UTF-8");
    }

    @Test
    void aKeyThatIsNotRsa2048IsMalformed() {
        byte[] even = vm.modulus();
        even[255] &= (byte) 0xfe;
        byte[] shorter = vm.modulus();
        shorter[0] &= 0x7f;
        byte[] longer = Arrays.copyOf(new byte[] {0}, 257);
        System.arraycopy(vm.modulus(), 0, longer, 1, 256);
        for (byte[] wrong : new byte[][] {even, shorter, Arrays.copyOf(vm.modulus(), 255), longer, new byte[256], {}}) {
            var encoder = Base64.getUrlEncoder().withoutPadding();
            var text = new String(vm.variableData(), StandardCharsets.UTF_8)
                    .replace(encoder.encodeToString(vm.modulus()), encoder.encodeToString(wrong));
            assertThat(refused(FakeVm.wrap(REPORT, 1, text.getBytes(StandardCharsets.UTF_8))))
                    .hasMessageContaining("keys[0].n");
        }
    }

    @Test
    void moreKeysThanAnyParavisorHasAreMalformed() {
        var text = "{\"keys\":[" + "{},".repeat(8) + "{}]}";
        assertThat(refused(FakeVm.wrap(REPORT, 1, text.getBytes(StandardCharsets.UTF_8))))
                .hasMessageContaining("9 entries, at most 8");
    }

    @Test
    void anyBytesAreRefusedInOrder() {
        var random = new Random(7);
        int parsed = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = genuine.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                HclReport.parse(bytes);
                parsed++;
            } catch (MalformedAzureEvidenceException e) {
                assertThat(e.offset()).isPresent();
            }
        }
        assertThat(parsed).isBetween(1, 19_999);
    }

    private static byte[] with(int offset, int value) {
        byte[] changed = genuine.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
        return changed;
    }

    private static MalformedAzureEvidenceException refused(byte[] encoded) {
        var malformed = catchThrowableOfType(
                MalformedAzureEvidenceException.class, () -> HclReport.parse(Bytes.copyOf(encoded)));
        assertThat(malformed).isNotNull();
        return malformed;
    }
}
