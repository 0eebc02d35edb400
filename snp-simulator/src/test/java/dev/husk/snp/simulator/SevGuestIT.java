package dev.husk.snp.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonParser;
import dev.husk.snp.Bytes;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.Product;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.Verdict;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Drives the guest side through real {@code open}, {@code ioctl} and {@code close} calls, against a shim that is
 * compiled with the system's {@code linux/sev-guest.h} and answers with the simulator's reports.
 */
class SevGuestIT {
    private static final String ZEROS = "00".repeat(64);
    private static final int MEASURED = 0x30000;

    @TempDir
    static Path folder;

    private static SimulatedProcessor processor;
    private static SimulatedSandbox sandbox;
    private static PlayedGuest guest;

    @BeforeAll
    static void start() throws Exception {
        var shim = folder.resolve("sev_guest_shim.so");
        SevGuestShim.compile(shim).ifPresent(why -> {
            System.err.println("SKIPPED: /dev/sev-guest is not driven for real: " + why);
            assumeTrue(false, why);
        });
        processor = SimulatedProcessor.open(folder.resolve("sp"));
        sandbox = processor.launch(new byte[48], new byte[32], MEASURED);
        guest = PlayedGuest.start(shim, Files.createDirectory(folder.resolve("guest")));
        guest.write("report", sandbox.report(new byte[64]));
        guest.write("none", new byte[0]);
        guest.write("short", table(List.of(new byte[] {1, 2, 3})));
        guest.write("long", table(List.of(new byte[9000])));
        guest.write("longer", table(List.of(new byte[13000])));
        guest.write("oversized", new byte[100_000]);
        guest.write("full", table(processor.certificates()));
    }

    @AfterAll
    static void stop() throws Exception {
        if (guest != null) {
            guest.close();
        }
    }

    /** The host's table: VCEK, ASK, ARK, as many as there are. */
    private static byte[] table(List<byte[]> certificates) {
        var guids = List.of(
                "63da758de6644564adc5f4b93be8accd",
                "4ab7b379bbac4fe4a02f05aef327c782",
                "c0b406a4a803495297433fb6014cd0ae");
        int at = (certificates.size() + 1) * 24;
        var table = ByteBuffer.allocate(
                        at + certificates.stream().mapToInt(der -> der.length).sum())
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < certificates.size(); i++) {
            byte[] der = certificates.get(i);
            table.put(Bytes.fromHex(guids.get(i)).toArray()).putInt(at).putInt(der.length);
            table.put(at, der);
            at += der.length;
        }
        return table.array();
    }

    @Test
    void evidenceThroughTheDeviceIsTrustedLikeTheAgents() throws Exception {
        byte[] reportData = new byte[64];
        Arrays.fill(reportData, (byte) 0xa5);
        guest.write("report", sandbox.report(reportData));
        try {
            var answer = guest.ask("evidence sev-guest " + Bytes.copyOf(reportData), "answer full", "answer full");
            assertThat(answer.text()).startsWith("ok {");
            var evidence = KbsEvidence.parse(
                    JsonParser.parseString(answer.text().substring(3)).getAsJsonObject());
            assertThat(evidence.certificates())
                    .containsExactlyElementsOf(
                            processor.certificates().stream().map(Bytes::copyOf).toList());
            var ark = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(processor.certificates().get(2)));
            var verifier = new SnpVerifier(
                    TrustAnchors.amd().andSimulated(ark, Product.GENOA), Revocation.lists(Map.of()), Clock.systemUTC());
            assertThat(verifier.verify(
                            evidence.report(), evidence.certificates(), Expected.of(true, processor, reportData)))
                    .isInstanceOf(Verdict.Trusted.class);
        } finally {
            guest.write("report", sandbox.report(new byte[64]));
        }
    }

    @Test
    void aReportIsAskedForByTheHeadersNumberAndLayout() throws Exception {
        var data = "0123456789abcdef".repeat(8);
        assertThat(guest.ask("report " + data + " 3").text()).startsWith("ok 03000000");
        assertThat(guest.record()).hasSize(3).first().isEqualTo("open /dev/sev-guest rw,cloexec");
        assertThat(guest.record().get(1))
                .startsWith("SNP_GET_REPORT version=1 data=%s vmpl=3 reserved=zero room=".formatted(data))
                .endsWith(" of 32,96,4000");
        assertRoom(guest.record().get(1));
        assertThat(guest.record().get(2)).isEqualTo("close");
    }

    @Test
    void anExtendedReportIsAskedForByTheHeadersNumberAndLayout() throws Exception {
        var data = "fedcba9876543210".repeat(8);
        var answer = guest.ask("extended " + data + " 1", "answer short", "answer short");
        assertThat(answer.text()).endsWith(" [010203]");
        var record = guest.record();
        assertThat(record).hasSize(8);
        for (int i : new int[] {1, 5}) {
            assertThat(record.get(i))
                    .startsWith("SNP_GET_EXT_REPORT version=1 data=%s vmpl=1 reserved=zero room=".formatted(data))
                    .endsWith(" of 32,112,4000");
            assertRoom(record.get(i));
        }
        assertThat(record.get(2)).isEqualTo("certificates address=zero length=0 room=0");
        assertThat(record.get(6)).startsWith("certificates address=set length=4096 room=41");
    }

    /** The allocator's own figures: each buffer holds its struct, and no larger one was thought of. */
    private static void assertRoom(String line) {
        var figures = Pattern.compile("room=(\\d+),(\\d+),(\\d+) of (\\d+),(\\d+),(\\d+)")
                .matcher(line);
        assertThat(figures.find()).isTrue();
        for (int i = 1; i <= 3; i++) {
            int needed = Integer.parseInt(figures.group(i + 3));
            assertThat(Integer.parseInt(figures.group(i))).isBetween(needed, needed + 24);
        }
    }

    @Test
    void aHostWithoutCertificatesGivesAReportAlone() throws Exception {
        assertThat(guest.ask("extended " + ZEROS + " 0", "answer none").text()).endsWith(" []");
        assertThat(guest.record()).filteredOn(line -> line.startsWith("SNP_")).hasSize(1);
    }

    @Test
    void aTableThatGrowsWhileItIsFetchedIsFetchedWhole() throws Exception {
        var answer =
                guest.ask("extended " + ZEROS + " 0", "answer short", "answer long", "answer longer", "answer longer");
        assertThat(answer.text()).endsWith(" [%s]".formatted("00".repeat(13000)));
        assertThat(guest.record())
                .filteredOn(line -> line.startsWith("certificates"))
                .extracting(line -> line.replaceAll(".*length=(\\d+).*", "$1"))
                .containsExactly("0", "4096", "12288", "16384");
    }

    @Test
    void aTableBeyondTheCapIsNotFetched() throws Exception {
        assertThat(guest.ask("extended " + ZEROS + " 0", "answer oversized").text())
                .startsWith("refused SNP_GET_EXT_REPORT 5 0 1 ")
                .contains("host error 1 INVALID_LEN; the host wants 102400 bytes for certificates after 0");
    }

    @Test
    void aDerivedKeyIsAskedForByTheHeadersNumberAndLayoutAndItsBufferWiped() throws Exception {
        guest.write("key", Bytes.fromHex("0f".repeat(32)).toArray());
        var answer = guest.ask("key VMRK MEASUREMENT,GUEST_SVN,TCB_VERSION 2 4000000000 d516000000000104");
        assertThat(answer.text()).isEqualTo("ok " + "0f".repeat(32));
        assertThat(guest.record().get(1))
                .startsWith("SNP_GET_DERIVED_KEY version=1 root=1 reserved=0 fields=38 vmpl=2 svn=4000000000"
                        + " tcb=d516000000000104 room=")
                .endsWith(" of 32,32,64");
        assertRoom(guest.record().get(1));
        assertThat(guest.record()).endsWith("close", "key buffer freed wiped");

        guest.ask("key VCEK GUEST_POLICY,IMAGE_ID,FAMILY_ID 0 0 0");
        assertThat(guest.record().get(1)).contains(" root=0 reserved=0 fields=7 vmpl=0 svn=0 tcb=0 ");
    }

    @Test
    void aRefusedKeyIsWipedAsWell() throws Exception {
        guest.write("key", Bytes.fromHex("0f".repeat(32)).toArray());
        assertThat(guest.ask("key VCEK MEASUREMENT 0 0 0", "status 27").text())
                .startsWith("refused SNP_GET_DERIVED_KEY 0 27 0 ")
                .contains("0x27 INVALID_KEY");
        assertThat(guest.record()).endsWith("key buffer freed wiped");
    }

    static List<Integer> firmwareErrors() {
        return IntStream.concat(IntStream.rangeClosed(1, 0x28), IntStream.of(0x1234))
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("firmwareErrors")
    void everyFirmwareErrorIsToldByCodeAndNameForEveryRequest(int code) throws Exception {
        var name = Names.OF_CODES.getOrDefault(code, "");
        var text = "0x%02X%s".formatted(code, name.isEmpty() ? "" : " " + name);
        for (var request :
                List.of("report " + ZEROS + " 0", "extended " + ZEROS + " 0", "key VCEK MEASUREMENT 0 0 0")) {
            var refused = guest.ask(request, "fail 5 %x".formatted(code));
            assertThat(refused.pauses()).isZero();
            assertThat(refused.text())
                    .matches(
                            "refused SNP_GET_\\w+ 5 %x 0 SNP_GET_\\w+ failed: errno 5 \\(EIO\\), firmware status %s($|;.*)"
                                    .formatted(code, text));
            assertThat(guest.ask(request, "status %x".formatted(code)).text())
                    .matches("refused SNP_GET_\\w+ 0 %x 0 SNP_GET_\\w+ failed, firmware status %s($|;.*)"
                            .formatted(code, text));
        }
    }

    /** By the names of AMD's table, written down here a second time. */
    private static final class Names {
        static final Map<Integer, String> OF_CODES = Map.ofEntries(
                Map.entry(0x01, "INVALID_PLATFORM_STATE"),
                Map.entry(0x02, "INVALID_GUEST_STATE"),
                Map.entry(0x03, "INVALID_CONFIG"),
                Map.entry(0x04, "INVALID_LEN"),
                Map.entry(0x05, "ALREADY_OWNED"),
                Map.entry(0x06, "INVALID_CERTIFICATE"),
                Map.entry(0x07, "POLICY_FAILURE"),
                Map.entry(0x08, "INACTIVE"),
                Map.entry(0x09, "INVALID_ADDRESS"),
                Map.entry(0x0A, "BAD_SIGNATURE"),
                Map.entry(0x0B, "BAD_MEASUREMENT"),
                Map.entry(0x0C, "ASID_OWNED"),
                Map.entry(0x0D, "INVALID_ASID"),
                Map.entry(0x0E, "WBINVD_REQUIRED"),
                Map.entry(0x0F, "DFFLUSH_REQUIRED"),
                Map.entry(0x10, "INVALID_GUEST"),
                Map.entry(0x11, "INVALID_COMMAND"),
                Map.entry(0x12, "ACTIVE"),
                Map.entry(0x13, "HWERROR_PLATFORM"),
                Map.entry(0x14, "HWERROR_UNSAFE"),
                Map.entry(0x15, "UNSUPPORTED"),
                Map.entry(0x16, "INVALID_PARAM"),
                Map.entry(0x17, "RESOURCE_LIMIT"),
                Map.entry(0x18, "SECURE_DATA_INVALID"),
                Map.entry(0x19, "INVALID_PAGE_SIZE"),
                Map.entry(0x1A, "INVALID_PAGE_STATE"),
                Map.entry(0x1B, "INVALID_MDATA_ENTRY"),
                Map.entry(0x1C, "INVALID_PAGE_OWNER"),
                Map.entry(0x1D, "AEAD_OFLOW"),
                Map.entry(0x1F, "EXIT_RING_BUFFER"),
                Map.entry(0x20, "RMP_INIT_REQUIRED"),
                Map.entry(0x21, "BAD_SVN"),
                Map.entry(0x22, "BAD_VERSION"),
                Map.entry(0x23, "SHUTDOWN_REQUIRED"),
                Map.entry(0x24, "UPDATE_FAILED"),
                Map.entry(0x25, "RESTORE_REQUIRED"),
                Map.entry(0x26, "RMP_INITIALIZATION_FAILED"),
                Map.entry(0x27, "INVALID_KEY"),
                Map.entry(0x28, "SHUTDOWN_INCOMPLETE"));
    }

    @Test
    void anErrorOfTheHostIsTold() throws Exception {
        assertThat(guest.ask("report " + ZEROS + " 0", "fail 5 700000000").text())
                .startsWith("refused SNP_GET_REPORT 5 0 7 ")
                .endsWith("host error 0x7");
    }

    @ParameterizedTest
    @CsvSource({"fail 5 200000000", "fail 11 ff", "fail 16 ff"})
    void aBusyHostIsAskedAgainUntilItAnswersAndNotForever(String busy) throws Exception {
        var some = guest.ask("report " + ZEROS + " 0", busy, busy, busy);
        assertThat(some.pauses()).isEqualTo(3);
        assertThat(some.text()).startsWith("ok ");
        var always = guest.ask("report " + ZEROS + " 0", busy, busy, busy, busy, busy, busy, busy, busy);
        assertThat(always.pauses()).isEqualTo(7);
        assertThat(always.text()).startsWith("refused SNP_GET_REPORT ").endsWith("asked 8 times");
        assertThat(guest.record()).filteredOn(line -> line.startsWith("SNP_")).hasSize(8);
        assertThat(guest.record()).endsWith("close");
    }

    @Test
    void anInterruptedCallIsMadeAgainAtOnce() throws Exception {
        var answer = guest.ask("report " + ZEROS + " 0", "open 4", "fail 4 ff", "fail 4 ff");
        assertThat(answer.pauses()).isZero();
        assertThat(answer.text()).startsWith("ok ");
        assertThat(guest.record())
                .filteredOn("open /dev/sev-guest rw,cloexec"::equals)
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"2,modprobe sev-guest", "13,run as root", "1,run as root"})
    void aDeviceThatCannotBeOpenedIsExplained(int errno, String advice) throws Exception {
        assertThat(guest.ask("report " + ZEROS + " 0", "open " + errno).text())
                .startsWith("refused open %d 0 0 cannot open /dev/sev-guest: ".formatted(errno))
                .contains(advice);
        assertThat(guest.record()).containsExactly("open /dev/sev-guest rw,cloexec");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1183, 1185, 3968})
    void aReportOfAnotherSizeIsRefused(int size) throws Exception {
        assertThat(guest.ask("report " + ZEROS + " 0", "size " + size).text())
                .startsWith("refused SNP_GET_REPORT 0 0 0 ")
                .endsWith("a report of %d bytes, expected 1184".formatted(size));
    }

    @Test
    void aSourceThatIsRefusedSaysWhichItIs() throws Exception {
        assertThat(guest.ask("evidence sev-guest " + ZEROS, "fail 5 16").text())
                .startsWith("failed the evidence source (sev-guest) gives none: SNP_GET_EXT_REPORT failed")
                .contains("0x16 INVALID_PARAM");
    }
}
