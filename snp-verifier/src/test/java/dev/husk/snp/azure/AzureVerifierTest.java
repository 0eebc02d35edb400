package dev.husk.snp.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.snp.Allowed;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.PlatformRules;
import dev.husk.snp.PolicyRules;
import dev.husk.snp.Product;
import dev.husk.snp.RequiredBit;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TcbVersion;
import dev.husk.snp.TrustAnchors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AzureVerifierTest {
    private static final int DATA = 0x4D4;

    private static FakeProcessor processor;
    private static FakeVm vm;
    private static FakeVm foreign;
    private static AzureEvidence genuine;
    private static AzureVerifier verifier;

    @BeforeAll
    static void boot() throws Exception {
        processor = new FakeProcessor();
        vm = new FakeVm();
        foreign = new FakeVm();
        genuine = vm.evidence(processor);
        verifier = verifier(processor.anchors());
    }

    // 1. The report goes to SnpVerifier with the caller's expectations.

    @Test
    void genuineEvidenceIsTrustedAndSaysWhatItHolds() throws Exception {
        var verdict = verifier.verify(genuine, chain(), expected());
        assertThat(verdict).isInstanceOf(AzureVerdict.Trusted.class).hasToString("trusted (SIMULATED)");
        var trusted = (AzureVerdict.Trusted) verdict;
        assertThat(trusted.simulated()).isTrue();
        assertThat(trusted.report().measurement()).isEqualTo(FakeProcessor.MEASUREMENT);
        assertThat(trusted.report().vmpl()).isZero();
        assertThat(trusted.pcrs()).hasSize(24).containsEntry(23, Bytes.fromHex("17".repeat(32)));
        assertThat(trusted.quote().extraData()).isEqualTo(FakeVm.NONCE);
        assertThat(trusted.variableData().userData()).contains(FakeVm.USER_DATA);
        assertThat(verdict.<String>match(t -> "trusted", r -> "rejected")).isEqualTo("trusted");
    }

    @Test
    void theCallerMayHaveTheWholeChain() throws Exception {
        var bare =
                new AzureEvidence(genuine.hclReport(), genuine.quote(), genuine.signature(), genuine.pcrs(), List.of());
        assertThat(verifier.verify(bare, processor.certificates(), expected()))
                .isInstanceOf(AzureVerdict.Trusted.class);
        assertThat(codes(bare, List.of(), expected())).containsExactly("CERTIFICATE_UNUSABLE");
    }

    @ParameterizedTest
    @CsvSource({"SHA-384,2", "SHA-512,3"})
    void theOtherHashesBindAsWell(String algorithm, int hash) throws Exception {
        assertThat(verifier.verify(vm.evidence(processor, 0, algorithm, hash), chain(), expected()))
                .isInstanceOf(AzureVerdict.Trusted.class);
        assertThat(codes(vm.evidence(processor, 0, algorithm, 1), chain(), expected()))
                .containsExactly("REPORT_DATA_MISMATCH");
    }

    @Test
    void aRootThatIsNotPinnedEndsTheCheck() throws Exception {
        var reasons = rejected(verifier(TrustAnchors.amd()).verify(genuine, chain(), expected()));
        assertThat(reasons).extracting(AzureReason::code).containsExactly("CHAIN_UNTRUSTED");
        assertThat(reasons.get(0).detail()).contains("pinned root");
        assertThat(reasons.get(0))
                .hasToString("CHAIN_UNTRUSTED: " + reasons.get(0).detail());
    }

    @Test
    void whatTheReportLacksIsSaidBesideWhatTheQuoteLacks() throws Exception {
        var other = new AzureExpectations(
                report(Allowed.only(Set.of(Bytes.fromHex("00".repeat(48)))), false, Allowed.only(Set.of(0))),
                Allowed.only(Set.of(Bytes.fromHex("00"))),
                Allowed.only(Set.of(Bytes.fromHex("00".repeat(64)))),
                pcrs(7, "ee".repeat(32)));
        assertThat(codes(genuine, chain(), other))
                .containsExactly(
                        "SIMULATION_DENIED",
                        "MEASUREMENT_UNKNOWN",
                        "USER_DATA_MISMATCH",
                        "QUOTE_NONCE_MISMATCH",
                        "PCR_UNKNOWN");
    }

    @Test
    void onlyTheParavisorsReportCounts() throws Exception {
        // A guest below the paravisor asks the processor for a report over a key of its own.
        var forged = foreign.evidence(processor, 2, "SHA-256", 1);
        assertThat(codes(forged, chain(), expected(Allowed.any()))).containsExactly("NOT_THE_PARAVISOR");
        assertThat(codes(forged, chain(), expected())).containsExactly("VMPL_DENIED", "NOT_THE_PARAVISOR");
    }

    @Test
    void aReportThatIsMalformedIsSaidToBeAtItsPlaceInTheWrapping() {
        byte[] bytes = genuine.hclReport().toArray();
        bytes[0x20 + 0x4C] = 1;
        assertThatThrownBy(() -> verifier.verify(with(Bytes.copyOf(bytes)), chain(), expected()))
                .isInstanceOfSatisfying(MalformedAzureEvidenceException.class, e -> {
                    assertThat(e.part()).isEqualTo("hcl_report");
                    assertThat(e.offset()).hasValue(0x6C);
                });
    }

    // 2. The report binds the variable data.

    @Test
    void everyFlippedByteOfTheWrappedReportIsNoticed() throws Exception {
        int end = DATA + vm.variableData().length;
        for (int i = 0; i < end; i++) {
            byte[] bytes = genuine.hclReport().toArray();
            bytes[i] ^= 1;
            var outcome = outcome(with(Bytes.copyOf(bytes)));
            assertThat(outcome)
                    .as("byte 0x%03X", i)
                    .isIn(
                            i < 0x20 || i >= 0x4C0 && i < DATA
                                    ? List.of("malformed")
                                    : i < 0x4C0
                                            ? List.of("malformed", "[SIGNATURE_INVALID]")
                                            : List.of("malformed", "[REPORT_DATA_MISMATCH]"));
        }
    }

    @Test
    void everyTruncationOfTheWrappedReportIsMalformed() {
        for (int length = 0; length < DATA + vm.variableData().length; length++) {
            assertThat(outcome(with(genuine.hclReport().slice(0, length)))).isEqualTo("malformed");
        }
    }

    @Test
    void aForeignKeyInTheVariableDataIsNotBound() throws Exception {
        var report = genuine.hclReport().slice(0x20, 1184);
        var swapped = Bytes.copyOf(FakeVm.wrap(report, 1, foreign.variableData()));
        assertThat(codes(foreign.around(swapped, FakeVm.NONCE, FakeVm.ALL, processor), chain(), expected()))
                .containsExactly("REPORT_DATA_MISMATCH");
    }

    @Test
    void theSameVariableDataWrittenAnotherWayAreNotBound() throws Exception {
        var spaced = new String(vm.variableData(), StandardCharsets.UTF_8).replace("\":", "\": ");
        var report = genuine.hclReport().slice(0x20, 1184);
        var wrapped = Bytes.copyOf(FakeVm.wrap(report, 1, spaced.getBytes(StandardCharsets.UTF_8)));
        assertThat(outcome(with(wrapped))).isEqualTo("[REPORT_DATA_MISMATCH]");
    }

    @Test
    void anotherHashThanTheReportsDoesNotBind() {
        byte[] bytes = genuine.hclReport().toArray();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0x4CC, 2);
        assertThat(outcome(with(Bytes.copyOf(bytes)))).isEqualTo("[REPORT_DATA_MISMATCH]");
    }

    @Test
    void aParavisorWithoutUserDataPassesOnlyWhereAnyIsWritten() throws Exception {
        byte[] old = ("{\"keys\":[" + vm.jwk("HCLAkPub", "encrypt") + "],\"vm-configuration\":{}}")
                .getBytes(StandardCharsets.UTF_8);
        var report = processor.report(FakeVm.reportData("SHA-256", old), 0);
        var evidence = vm.around(Bytes.copyOf(FakeVm.wrap(report, 1, old)), FakeVm.NONCE, FakeVm.ALL, processor);
        assertThat(codes(evidence, chain(), expected())).containsExactly("USER_DATA_MISMATCH");
        var any = new AzureExpectations(
                expected().report(),
                expected().nonce(),
                Allowed.any(),
                expected().pcrs());
        assertThat(verifier.verify(evidence, chain(), any)).isInstanceOf(AzureVerdict.Trusted.class);
    }

    // 3. The quote is signed by the key in the variable data.

    @Test
    void everyFlippedByteOfTheQuoteIsNoticed() {
        for (int i = 0; i < genuine.quote().length(); i++) {
            for (int bit : new int[] {1, 0x80}) {
                byte[] bytes = genuine.quote().toArray();
                bytes[i] ^= (byte) bit;
                assertThat(outcome(with(bytes, genuine.signature().toArray(), genuine.pcrs())))
                        .as("byte %d", i)
                        .isIn("malformed", "[QUOTE_SIGNATURE_INVALID]");
            }
        }
    }

    @Test
    void everyTruncationOfTheQuoteAndBytesBehindItAreMalformed() {
        for (int length = 0; length <= genuine.quote().length() + 4; length++) {
            if (length != genuine.quote().length()) {
                byte[] bytes = Arrays.copyOf(genuine.quote().toArray(), length);
                assertThat(outcome(with(bytes, genuine.signature().toArray(), genuine.pcrs())))
                        .isEqualTo("malformed");
            }
        }
    }

    @Test
    void everyFlippedByteOfTheSignatureIsNoticed() {
        for (int i = 0; i < 256; i++) {
            byte[] bytes = genuine.signature().toArray();
            bytes[i] ^= 1;
            assertThat(outcome(with(genuine.quote().toArray(), bytes, genuine.pcrs())))
                    .isEqualTo("[QUOTE_SIGNATURE_INVALID]");
        }
    }

    @Test
    void aSignatureOfZeroOrOneOrBeyondTheModulusProvesNothing() {
        byte[] one = new byte[256];
        one[255] = 1;
        byte[] most = new byte[256];
        Arrays.fill(most, (byte) 0xff);
        for (byte[] signature : List.of(new byte[256], one, most, vm.modulus())) {
            assertThat(outcome(with(genuine.quote().toArray(), signature, genuine.pcrs())))
                    .isEqualTo("[QUOTE_SIGNATURE_INVALID]");
        }
    }

    @Test
    void aQuoteOfAForeignTpmIsNotThisOnes() throws Exception {
        byte[] quote = genuine.quote().toArray();
        assertThat(outcome(with(quote, foreign.sign(quote), genuine.pcrs()))).isEqualTo("[QUOTE_SIGNATURE_INVALID]");
    }

    @Test
    void whatTheKeySignedButNoTpmMadeIsMalformed() throws Exception {
        byte[] bytes = genuine.quote().toArray();
        bytes[0] = 0;
        assertThat(outcome(with(bytes, vm.sign(bytes), genuine.pcrs()))).isEqualTo("malformed");
    }

    // 4. The quote answers the caller's nonce.

    @Test
    void aReplayedQuoteAnswersAnotherNonce() throws Exception {
        for (var old : List.of("", "a5", "a5".repeat(47), "a5".repeat(49), "00".repeat(48))) {
            var replayed = vm.around(genuine.hclReport(), Bytes.fromHex(old), FakeVm.ALL, processor);
            var reasons = rejected(verifier.verify(replayed, chain(), expected()));
            assertThat(reasons).hasToString("[QUOTE_NONCE_MISMATCH: the quote answers " + old + "]");
        }
    }

    // 5. The digest is that of the PCRs, and they are the expected ones.

    @Test
    void everyFlippedByteOfAPcrIsNoticed() {
        for (int i = 0; i < 24; i++) {
            var pcrs = new ArrayList<>(genuine.pcrs());
            byte[] bytes = pcrs.get(i).toArray();
            bytes[i] ^= 1;
            pcrs.set(i, Bytes.copyOf(bytes));
            assertThat(outcome(
                            with(genuine.quote().toArray(), genuine.signature().toArray(), pcrs)))
                    .isEqualTo("[PCR_DIGEST_MISMATCH]");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 8, 23})
    void aPcrThatIsNotOnItsListIsNamed(int number) throws Exception {
        var wrong = new AzureExpectations(
                expected().report(), expected().nonce(), expected().userData(), pcrs(number, "ee".repeat(32)));
        var value = "%02x".formatted(number).repeat(32);
        assertThat(rejected(verifier.verify(genuine, chain(), wrong)))
                .hasToString("[PCR_UNKNOWN: PCR %d is %s]".formatted(number, value));
    }

    @Test
    void aPcrOutsideTheQuoteIsNotTakenForAnother() throws Exception {
        int selection = FakeVm.ALL & ~(1 << 7);
        var partial = vm.around(genuine.hclReport(), FakeVm.NONCE, selection, processor);
        assertThat(rejected(verifier.verify(partial, chain(), expected()))).hasToString("[PCR_NOT_QUOTED: PCR 7]");
        var any =
                AzureExpectations.acceptingAnyOtherPcr(Map.of(8, Allowed.only(Set.of(Bytes.fromHex("08".repeat(32))))));
        var lenient = new AzureExpectations(
                expected().report(), expected().nonce(), expected().userData(), any);
        assertThat(((AzureVerdict.Trusted) verifier.verify(partial, chain(), lenient)).pcrs())
                .hasSize(23)
                .doesNotContainKey(7);
    }

    @Test
    void expectationsNameEveryPcrAndNoOther() {
        for (int i = 0; i < 24; i++) {
            int missing = i;
            var pcrs = new HashMap<>(expected().pcrs());
            pcrs.remove(missing);
            assertThatThrownBy(() -> with(pcrs)).hasMessage("nothing is said of PCR " + missing);
        }
        var more = new HashMap<>(expected().pcrs());
        more.put(24, Allowed.any());
        assertThatThrownBy(() -> with(more)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> with(AzureExpectations.acceptingAnyOtherPcr(Map.of(-1, Allowed.any()))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRejectionHasAReason() {
        assertThatThrownBy(() -> new AzureVerdict.Rejected(List.of())).isInstanceOf(IllegalArgumentException.class);
        var rejected =
                new AzureVerdict.Rejected(List.of(new AzureReason.OfGuest(AzureReason.Code.PCR_UNKNOWN, "PCR 1")));
        assertThat(rejected.<String>match(t -> "trusted", r -> "rejected")).isEqualTo("rejected");
    }

    private static AzureVerifier verifier(TrustAnchors anchors) {
        return new AzureVerifier(
                new SnpVerifier(anchors, Revocation.lists(Map.of()), Clock.fixed(FakeProcessor.NOW, ZoneOffset.UTC)));
    }

    private static List<Bytes> chain() {
        return processor.certificates().subList(1, 3);
    }

    private static Expectations report(Allowed<Bytes> measurements, boolean simulated, Allowed<Integer> vmpl) {
        return Expectations.builder()
                .simulated(simulated)
                .reportData(Allowed.only(Set.of(Bytes.copyOf(new byte[64]))))
                .products(Allowed.only(Set.of(Product.GENOA)))
                .measurements(measurements)
                .hostData(Allowed.only(Set.of(Bytes.copyOf(new byte[32]))))
                .minimumTcb(Map.of(Product.GENOA, new TcbVersion(0, 10, 0, 23, 84)))
                .policy(new PolicyRules(false, false, RequiredBit.SET, RequiredBit.CLEAR, RequiredBit.CLEAR))
                .platformInfo(PlatformRules.any())
                .idKeys(Allowed.only(Set.of(Bytes.copyOf(new byte[48]))))
                .authorKeys(Allowed.only(Set.of(Bytes.copyOf(new byte[48]))))
                .chips(Allowed.only(Set.of(FakeProcessor.CHIP)))
                .vmpl(vmpl)
                .providers(Set.of())
                .build();
    }

    private static AzureExpectations expected() {
        return expected(Allowed.only(Set.of(0)));
    }

    private static AzureExpectations expected(Allowed<Integer> vmpl) {
        return new AzureExpectations(
                report(Allowed.only(Set.of(FakeProcessor.MEASUREMENT)), true, vmpl),
                Allowed.only(Set.of(FakeVm.NONCE)),
                Allowed.only(Set.of(FakeVm.USER_DATA)),
                pcrs(0, "00".repeat(32)));
    }

    /** Every PCR as it is, but one. */
    private static Map<Integer, Allowed<Bytes>> pcrs(int number, String value) {
        var all = new HashMap<Integer, Allowed<Bytes>>();
        for (int i = 0; i < 24; i++) {
            all.put(i, Allowed.only(Set.of(Bytes.fromHex("%02x".formatted(i).repeat(32)))));
        }
        all.put(number, Allowed.only(Set.of(Bytes.fromHex(value))));
        return all;
    }

    private static AzureExpectations with(Map<Integer, Allowed<Bytes>> pcrs) {
        return new AzureExpectations(
                expected().report(), expected().nonce(), expected().userData(), pcrs);
    }

    private static AzureEvidence with(Bytes hclReport) {
        return new AzureEvidence(
                hclReport, genuine.quote(), genuine.signature(), genuine.pcrs(), genuine.certificates());
    }

    private static AzureEvidence with(byte[] quote, byte[] signature, List<Bytes> pcrs) {
        return new AzureEvidence(
                genuine.hclReport(), Bytes.copyOf(quote), Bytes.copyOf(signature), pcrs, genuine.certificates());
    }

    private static String outcome(AzureEvidence evidence) {
        try {
            return verifier.verify(evidence, chain(), expected())
                    .match(
                            AzureVerdict.Trusted::toString,
                            rejected -> rejected.reasons().stream()
                                    .map(AzureReason::code)
                                    .toList()
                                    .toString());
        } catch (MalformedAzureEvidenceException e) {
            return "malformed";
        }
    }

    private static List<String> codes(AzureEvidence evidence, List<Bytes> certificates, AzureExpectations expected)
            throws MalformedAzureEvidenceException {
        return rejected(verifier.verify(evidence, certificates, expected)).stream()
                .map(AzureReason::code)
                .toList();
    }

    private static List<AzureReason> rejected(AzureVerdict verdict) {
        assertThat(verdict).isInstanceOf(AzureVerdict.Rejected.class);
        return ((AzureVerdict.Rejected) verdict).reasons();
    }
}
