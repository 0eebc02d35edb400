package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Reason.Code;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is expected, one member at a time. */
class ExpectationsTest {
    private static final AttestationReport SAMPLE = ReportEncoder.sample(Product.MILAN, 3, SigningKey.VCEK);
    private static final Bytes NONE = Bytes.copyOf(new byte[48]);

    /** A change to expectations that a report meets, after which it does not, by this code alone. */
    record Wrong(String member, UnaryOperator<Expectations.Builder> change, Code code) {}

    @Test
    void eachMemberThatAloneIsWrongGivesItsCodeAlone() throws Exception {
        for (var vector : Vectors.genuine()) {
            eachAlone(AttestationReport.parse(vector.report(), vector.product()));
        }
        for (var product : Product.values()) {
            eachAlone(ReportEncoder.sample(product, 5, SigningKey.VCEK));
        }
    }

    private static void eachAlone(AttestationReport report) {
        assertThat(codes(Judged.exactly(report), report)).isEmpty();
        for (var wrong : wrongs(report)) {
            assertThat(codes(wrong.change().apply(Judged.exactly(report)), report))
                    .as(wrong.member())
                    .containsExactly(wrong.code());
        }
    }

    private static List<Wrong> wrongs(AttestationReport report) {
        var all = new ArrayList<Wrong>();
        var product = report.product();
        var others = Arrays.stream(Product.values()).filter(p -> p != product).collect(Collectors.toSet());
        all.add(new Wrong("products", b -> b.products(Allowed.only(others)), Code.PRODUCT_DENIED));
        all.add(new Wrong("products", b -> b.products(Allowed.anyExcept(Set.of(product))), Code.PRODUCT_DENIED));
        all.add(new Wrong("reportData", b -> b.reportData(but(report.reportData())), Code.REPORT_DATA_MISMATCH));
        all.add(new Wrong("measurements", b -> b.measurements(but(report.measurement())), Code.MEASUREMENT_UNKNOWN));
        all.add(new Wrong("hostData", b -> b.hostData(but(report.hostData())), Code.HOST_DATA_UNKNOWN));
        all.add(new Wrong("idKeys", b -> b.idKeys(but(report.idKeyDigest())), Code.ID_KEY_UNKNOWN));
        var authorKey = report.authorKeyUsed() ? report.authorKeyDigest() : NONE;
        all.add(new Wrong("authorKeys", b -> b.authorKeys(but(authorKey)), Code.AUTHOR_KEY_UNKNOWN));
        all.add(new Wrong("vmpl", b -> b.vmpl(Allowed.anyExcept(Set.of(report.vmpl()))), Code.VMPL_DENIED));
        all.add(new Wrong("vmpl", b -> b.vmpl(Allowed.only(Set.of((report.vmpl() + 1) % 4))), Code.VMPL_DENIED));
        var masked = report.chipId().isZero();
        all.add(new Wrong("chips", b -> b.chips(but(report.chipId())), masked ? Code.CHIP_MASKED : Code.CHIP_UNKNOWN));
        all.add(new Wrong(
                "chips",
                b -> b.chips(Allowed.anyExcept(Set.of(report.chipId()))),
                masked ? Code.CHIP_MASKED : Code.CHIP_UNKNOWN));
        tcb(report, all);
        policy(report.policy(), all);
        platform(report.platformInfo(), all);
        return all;
    }

    private static void tcb(AttestationReport report, List<Wrong> all) {
        var floor = Judged.lowest(report);
        for (int i = 0; i < 5; i++) {
            var parts = new int[] {floor.fmc(), floor.bootloader(), floor.tee(), floor.snp(), floor.microcode()};
            parts[i]++;
            var more = new TcbVersion(parts[0], parts[1], parts[2], parts[3], parts[4]);
            all.add(new Wrong("minimumTcb", b -> b.minimumTcb(Map.of(report.product(), more)), Code.TCB_TOO_OLD));
        }
        var other = report.product() == Product.MILAN ? Product.GENOA : Product.MILAN;
        all.add(new Wrong(
                "minimumTcb", b -> b.minimumTcb(Map.of(other, new TcbVersion(0, 0, 0, 0, 0))), Code.TCB_TOO_OLD));
    }

    private static void policy(GuestPolicy policy, List<Wrong> all) {
        var any = PolicyRules.any();
        if (policy.debugAllowed()) {
            all.add(rules(new PolicyRules(false, true, any.smt(), any.smt(), any.smt()), Code.DEBUG_ALLOWED));
        }
        if (policy.migrationAgentAllowed()) {
            all.add(rules(new PolicyRules(true, false, any.smt(), any.smt(), any.smt()), Code.MIGRATION_AGENT_ALLOWED));
        }
        var not = Judged.bit(!policy.smtAllowed());
        all.add(rules(new PolicyRules(true, true, not, any.smt(), any.smt()), Code.SMT_MISMATCH));
        not = Judged.bit(!policy.singleSocketRequired());
        all.add(rules(new PolicyRules(true, true, any.smt(), not, any.smt()), Code.SINGLE_SOCKET_MISMATCH));
        not = Judged.bit(!policy.ciphertextHidingRequired());
        all.add(rules(new PolicyRules(true, true, any.smt(), any.smt(), not), Code.CIPHERTEXT_HIDING_MISMATCH));
    }

    private static Wrong rules(PolicyRules rules, Code code) {
        return new Wrong("policy", b -> b.policy(rules), code);
    }

    private static void platform(PlatformInfo info, List<Wrong> all) {
        var actual = new boolean[] {
            info.smtEnabled(),
            info.tsmeEnabled(),
            info.eccEnabled(),
            info.raplDisabled(),
            info.ciphertextHidingEnabled(),
            info.aliasCheckComplete(),
            info.tioEnabled()
        };
        for (int i = 0; i < 7; i++) {
            var bits = new RequiredBit[7];
            Arrays.fill(bits, RequiredBit.ANY);
            bits[i] = Judged.bit(!actual[i]);
            var rules = new PlatformRules(bits[0], bits[1], bits[2], bits[3], bits[4], bits[5], bits[6]);
            all.add(new Wrong("platformInfo " + i, b -> b.platformInfo(rules), Code.PLATFORM_INFO_MISMATCH));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"debug", "migrationAgent"})
    void whatThePolicyAllowsTheHostIsToldApart(String which) {
        boolean debug = which.equals("debug");
        var open = withPolicy(debug ? 1L << 19 : 1L << 18);
        var closed = Judged.exactly(open).policy(PolicyRules.closed());
        assertThat(codes(closed, open)).containsExactly(debug ? Code.DEBUG_ALLOWED : Code.MIGRATION_AGENT_ALLOWED);
        assertThat(codes(Judged.exactly(open).policy(PolicyRules.any()), open)).isEmpty();
        assertThat(codes(Judged.exactly(SAMPLE).policy(PolicyRules.closed()), SAMPLE))
                .isEmpty();
        assertThat(codes(Judged.exactly(SAMPLE).policy(PolicyRules.any()), SAMPLE))
                .isEmpty();
    }

    @Test
    void allThreeTcbsAreHeldAgainstTheMinimum() {
        // The sample's components differ from TCB to TCB; the current TCB is none of the three.
        assertThat(details(new TcbVersion(0, 4, 5, 7, 7)))
                .containsExactly(
                        "reported TCB is 4.5.6.7, minimum 4.5.7.7", "committed TCB is 4.5.6.8, minimum 4.5.7.7");
        assertThat(details(new TcbVersion(0, 4, 5, 6, 8)))
                .containsExactly("reported TCB is 4.5.6.7, minimum 4.5.6.8", "launch TCB is 4.5.7.7, minimum 4.5.6.8");
        assertThat(details(new TcbVersion(0, 4, 5, 6, 7))).isEmpty();
        assertThat(details(new TcbVersion(0, 5, 0, 0, 0))).hasSize(3);
    }

    private static List<String> details(TcbVersion minimum) {
        return Judged.exactly(SAMPLE).minimumTcb(Map.of(Product.MILAN, minimum)).build().mismatches(SAMPLE).stream()
                .map(Reason::detail)
                .toList();
    }

    @Test
    void aListHoldsSeveralValues() {
        var expected = Judged.exactly(SAMPLE)
                .measurements(Allowed.only(Set.of(NONE, SAMPLE.measurement())))
                .vmpl(Allowed.only(Set.of(0, 1, 2)))
                .products(Allowed.anyExcept(Set.of(Product.GENOA, Product.TURIN)))
                .chips(Allowed.anyExcept(Set.of(ReportEncoder.filled(64, 3))));
        assertThat(codes(expected, SAMPLE)).isEmpty();
    }

    @Test
    void anAuthorKeyThatWasNotUsedDoesNotCount() {
        var encoded = ReportEncoder.encode(SAMPLE);
        encoded[0x48] = 0;
        var unused = parse(encoded);
        assertThat(unused.authorKeyDigest().isZero()).isFalse();
        assertThat(codes(Judged.exactly(unused).authorKeys(Allowed.only(Set.of(NONE))), unused))
                .isEmpty();
        assertThat(codes(Judged.exactly(unused).authorKeys(Allowed.only(Set.of(unused.authorKeyDigest()))), unused))
                .containsExactly(Code.AUTHOR_KEY_UNKNOWN);
    }

    @Test
    void aMaskedChipWillDoOnlyWhereAnyChipWill() {
        var encoded = ReportEncoder.encode(SAMPLE);
        Arrays.fill(encoded, 0x1A0, 0x1E0, (byte) 0);
        var masked = parse(encoded);
        assertThat(codes(Judged.anything(), masked)).isEmpty();
        assertThat(codes(Judged.anything().chips(Allowed.only(Set.of(masked.chipId()))), masked))
                .containsExactly(Code.CHIP_MASKED);
        assertThat(codes(Judged.anything().chips(Allowed.anyExcept(Set.of(SAMPLE.chipId()))), masked))
                .containsExactly(Code.CHIP_MASKED);
    }

    /** By reflection, so that a new method of the builder cannot be forgotten here. */
    @Test
    void whatIsNotSaidIsNamed() throws Exception {
        var said = new TreeSet<String>();
        var calls = new LinkedHashMap<String, Method>();
        for (var method : Expectations.Builder.class.getDeclaredMethods()) {
            if (!Modifier.isPublic(method.getModifiers()) || method.getReturnType() != Expectations.Builder.class) {
                continue;
            }
            var part = part(method.getName());
            said.add(part);
            if (!method.getName().startsWith("accepting")) {
                calls.put(part, method);
            }
        }
        assertThat(calls.keySet()).containsExactlyInAnyOrderElementsOf(said);
        assertThatThrownBy(() -> Expectations.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .satisfies(e -> assertThat(listed(e)).isEqualTo(said));
        for (var left : said) {
            var builder = Expectations.builder();
            for (var other : calls.entrySet()) {
                if (!other.getKey().equals(left)) {
                    other.getValue().invoke(builder, argument(other.getValue()));
                }
            }
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("not said: [" + left + "]");
            var call = Objects.requireNonNull(calls.get(left));
            call.invoke(builder, argument(call));
            assertThat(builder.build()).isNotNull();
        }
    }

    @Test
    void acceptingAnythingSaysAsMuchAsNamingIt() {
        var all = Expectations.builder()
                .simulated(false)
                .reportData(Allowed.any())
                .products(Allowed.any())
                .measurements(Allowed.any())
                .hostData(Allowed.any())
                .policy(PolicyRules.any())
                .platformInfo(PlatformRules.any())
                .idKeys(Allowed.any())
                .authorKeys(Allowed.any())
                .chips(Allowed.any())
                .vmpl(Allowed.any());
        assertThatThrownBy(all::build).hasMessage("not said: [MINIMUM_TCB, PROVIDERS]");
        all.acceptingAnyTcb();
        assertThatThrownBy(all::build).hasMessage("not said: [PROVIDERS]");
        var expected = all.acceptingAnyProvider().build();
        assertThat(expected.providers().isAny()).isTrue();
        assertThat(all.providers(Set.of()).build().providers().allows("CN=x")).isFalse();
        assertThat(expected.providers().isAny()).as("what was built stays").isTrue();
    }

    private static String part(String method) {
        return switch (method) {
            case "acceptingAnyTcb" -> "MINIMUM_TCB";
            case "acceptingAnyProvider" -> "PROVIDERS";
            default -> method.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
        };
    }

    private static Set<String> listed(Throwable e) {
        var message = String.valueOf(e.getMessage());
        return new TreeSet<>(List.of(message.substring(message.indexOf('[') + 1, message.length() - 1)
                .split(", ")));
    }

    private static Object argument(Method method) {
        var type = method.getParameterTypes()[0];
        if (type == boolean.class) {
            return false;
        }
        if (type == Map.class) {
            return Map.of(Product.MILAN, new TcbVersion(0, 0, 0, 0, 0));
        }
        if (type == Set.class) {
            return Set.of();
        }
        if (type == PolicyRules.class) {
            return PolicyRules.any();
        }
        return type == PlatformRules.class ? PlatformRules.any() : Allowed.any();
    }

    @Test
    void valuesHaveTheLengthOfTheirField() {
        var builder = Expectations.builder();
        for (int wrong : new int[] {0, 1, 31, 33, 47, 49, 63, 65}) {
            var value = Allowed.only(Set.of(ReportEncoder.filled(wrong, 1)));
            var denied = Allowed.anyExcept(Set.of(ReportEncoder.filled(wrong, 1)));
            for (var one : List.of(value, denied)) {
                assertThatThrownBy(() -> builder.reportData(one)).hasMessage("each value has 64 bytes");
                assertThatThrownBy(() -> builder.measurements(one)).hasMessage("each value has 48 bytes");
                assertThatThrownBy(() -> builder.hostData(one)).hasMessage("each value has 32 bytes");
                assertThatThrownBy(() -> builder.idKeys(one)).hasMessage("each value has 48 bytes");
                assertThatThrownBy(() -> builder.authorKeys(one)).hasMessage("each value has 48 bytes");
                assertThatThrownBy(() -> builder.chips(one)).hasMessage("each value has 64 bytes");
            }
        }
        assertThatThrownBy(() -> builder.minimumTcb(new EnumMap<>(Product.class)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void otherReportDataLeavesAllElseAsItWas() {
        var expected = Judged.exactly(SAMPLE).vmpl(Allowed.only(Set.of(3))).build();
        var other = expected.withReportData(but(SAMPLE.reportData()));
        assertThat(other.mismatches(SAMPLE))
                .extracting(Reason::code)
                .containsExactly(Code.VMPL_DENIED, Code.REPORT_DATA_MISMATCH);
        assertThat(expected.mismatches(SAMPLE)).extracting(Reason::code).containsExactly(Code.VMPL_DENIED);
        assertThatThrownBy(() -> expected.withReportData(but(NONE))).hasMessage("each value has 64 bytes");
        var all = Judged.exactly(SAMPLE)
                .simulated(true)
                .providers(Set.of("CN=x"))
                .build()
                .withReportData(Allowed.any());
        assertThat(all.simulated()).isTrue();
        assertThat(all.providers().allows("CN=x")).isTrue();
        assertThat(all.mismatches(SAMPLE)).isEmpty();
        var wrong = Expectations.builder()
                .simulated(false)
                .reportData(Allowed.any())
                .products(Allowed.only(Set.of(Product.TURIN)))
                .measurements(but(SAMPLE.measurement()))
                .hostData(but(SAMPLE.hostData()))
                .minimumTcb(Map.of(Product.TURIN, new TcbVersion(1, 1, 1, 1, 1)))
                .policy(new PolicyRules(false, false, RequiredBit.CLEAR, RequiredBit.SET, RequiredBit.SET))
                .platformInfo(new PlatformRules(
                        RequiredBit.CLEAR,
                        RequiredBit.ANY,
                        RequiredBit.ANY,
                        RequiredBit.ANY,
                        RequiredBit.ANY,
                        RequiredBit.ANY,
                        RequiredBit.ANY))
                .idKeys(but(SAMPLE.idKeyDigest()))
                .authorKeys(but(SAMPLE.authorKeyDigest()))
                .chips(but(SAMPLE.chipId()))
                .vmpl(Allowed.only(Set.of(0)))
                .providers(Set.of())
                .build();
        assertThat(wrong.withReportData(but(SAMPLE.reportData())).mismatches(SAMPLE))
                .extracting(Reason::code)
                .containsExactly(
                        Code.PRODUCT_DENIED,
                        Code.SMT_MISMATCH,
                        Code.SINGLE_SOCKET_MISMATCH,
                        Code.CIPHERTEXT_HIDING_MISMATCH,
                        Code.PLATFORM_INFO_MISMATCH,
                        Code.VMPL_DENIED,
                        Code.REPORT_DATA_MISMATCH,
                        Code.MEASUREMENT_UNKNOWN,
                        Code.HOST_DATA_UNKNOWN,
                        Code.ID_KEY_UNKNOWN,
                        Code.AUTHOR_KEY_UNKNOWN,
                        Code.CHIP_UNKNOWN,
                        Code.TCB_TOO_OLD);
    }

    private static AttestationReport withPolicy(long bits) {
        var encoded = ReportEncoder.encode(SAMPLE);
        for (int i = 0; i < 8; i++) {
            encoded[8 + i] |= (byte) (bits >>> 8 * i);
        }
        return parse(encoded);
    }

    private static AttestationReport parse(byte[] encoded) {
        try {
            return AttestationReport.parse(Bytes.copyOf(encoded), Product.MILAN);
        } catch (MalformedReportException e) {
            throw new AssertionError(e);
        }
    }

    /** Only a value that differs in its last bit. */
    private static Allowed<Bytes> but(Bytes value) {
        var other = value.toArray();
        other[other.length - 1] ^= 1;
        return Allowed.only(Set.of(Bytes.copyOf(other)));
    }

    private static List<Code> codes(Expectations.Builder expected, AttestationReport report) {
        return expected.build().mismatches(report).stream()
                .map(Reason::code)
                .distinct()
                .toList();
    }
}
