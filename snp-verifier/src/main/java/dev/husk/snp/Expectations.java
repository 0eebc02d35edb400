package dev.husk.snp;

import com.google.gson.JsonObject;
import dev.husk.snp.Reason.Code;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a report must show. Immutable; made by a {@link Builder} or out of JSON, and both want every single thing said,
 * so that nothing goes unchecked because it was left out.
 */
public final class Expectations {
    private static final Bytes NO_KEY = Bytes.copyOf(new byte[48]);

    private final Builder said;

    private Expectations(Builder said) {
        this.said = said;
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads the members of a contract's platform (docs/protocol.md), and {@code reportData} besides: {@code any} or 128
     * hex digits. {@code name} and {@code binding} may be there and say nothing here.
     *
     * @throws MalformedExpectationsException with every problem, for a member that is missing, unknown or unusable
     */
    public static Expectations parse(JsonObject platform) throws MalformedExpectationsException {
        return new ExpectationsJson(platform).read(Optional.empty());
    }

    /**
     * Reads the members of a contract's platform, for report data that the caller knows; a member {@code reportData} is
     * refused.
     *
     * @throws MalformedExpectationsException as {@link #parse(JsonObject)}
     */
    public static Expectations parse(JsonObject platform, Allowed<Bytes> reportData)
            throws MalformedExpectationsException {
        return new ExpectationsJson(platform).read(Optional.of(reportData));
    }

    /** These, but for other report data; each piece 64 bytes. */
    public Expectations withReportData(Allowed<Bytes> reportData) {
        return said.copy().reportData(reportData).build();
    }

    boolean simulated() {
        return said.simulated;
    }

    Allowed<String> providers() {
        return said.providers;
    }

    /**
     * What of a report is not as expected, apart from who signed it and for whom: whether it is simulated, and which cloud
     * a VLEK was issued to, its certificate says. For tools that explain; only {@link SnpVerifier} finds a report trusted.
     */
    public List<Reason> mismatches(AttestationReport report) {
        var reasons = new ArrayList<Reason>();
        if (!said.products.allows(report.product())) {
            reasons.add(new Reason(Code.PRODUCT_DENIED, report.product().label()));
        }
        said.policy.check(report.policy(), reasons);
        said.platformInfo.check(report.platformInfo(), reasons);
        check(said.vmpl, report.vmpl(), Code.VMPL_DENIED, reasons);
        check(said.reportData, report.reportData(), Code.REPORT_DATA_MISMATCH, reasons);
        check(said.measurements, report.measurement(), Code.MEASUREMENT_UNKNOWN, reasons);
        check(said.hostData, report.hostData(), Code.HOST_DATA_UNKNOWN, reasons);
        check(said.idKeys, report.idKeyDigest(), Code.ID_KEY_UNKNOWN, reasons);
        var authorKey = report.authorKeyUsed() ? report.authorKeyDigest() : NO_KEY;
        check(said.authorKeys, authorKey, Code.AUTHOR_KEY_UNKNOWN, reasons);
        if (!said.chips.isAny() && report.chipId().isZero()) {
            reasons.add(new Reason(Code.CHIP_MASKED, "the report does not say which chip made it"));
        } else {
            check(said.chips, report.chipId(), Code.CHIP_UNKNOWN, reasons);
        }
        said.minimumTcb.ifPresent(minimum -> checkTcb(minimum, report, reasons));
        return reasons;
    }

    private static <T> void check(Allowed<T> allowed, T actual, Code code, List<Reason> reasons) {
        if (!allowed.allows(actual)) {
            reasons.add(new Reason(code, actual.toString()));
        }
    }

    private static void checkTcb(Map<Product, TcbVersion> minimum, AttestationReport report, List<Reason> reasons) {
        var floor = minimum.get(report.product());
        if (floor == null) {
            reasons.add(new Reason(
                    Code.TCB_TOO_OLD,
                    "no minimum is given for " + report.product().label()));
            return;
        }
        tooOld("reported", report.reportedTcb(), floor, reasons);
        tooOld("committed", report.committedTcb(), floor, reasons);
        tooOld("launch", report.launchTcb(), floor, reasons);
    }

    private static void tooOld(String which, TcbVersion actual, TcbVersion floor, List<Reason> reasons) {
        if (!actual.covers(floor)) {
            reasons.add(new Reason(Code.TCB_TOO_OLD, "%s TCB is %s, minimum %s".formatted(which, actual, floor)));
        }
    }

    /** What can be said. Every method must be called; not safe to share between threads. */
    public static final class Builder {
        private enum Part {
            SIMULATED,
            REPORT_DATA,
            PRODUCTS,
            MEASUREMENTS,
            HOST_DATA,
            MINIMUM_TCB,
            POLICY,
            PLATFORM_INFO,
            ID_KEYS,
            AUTHOR_KEYS,
            CHIPS,
            VMPL,
            PROVIDERS
        }

        private final Set<Part> parts = EnumSet.noneOf(Part.class);
        private boolean simulated;
        private Allowed<Bytes> reportData = Allowed.any();
        private Allowed<Product> products = Allowed.any();
        private Allowed<Bytes> measurements = Allowed.any();
        private Allowed<Bytes> hostData = Allowed.any();
        private Optional<Map<Product, TcbVersion>> minimumTcb = Optional.empty();
        private PolicyRules policy = PolicyRules.any();
        private PlatformRules platformInfo = PlatformRules.any();
        private Allowed<Bytes> idKeys = Allowed.any();
        private Allowed<Bytes> authorKeys = Allowed.any();
        private Allowed<Bytes> chips = Allowed.any();
        private Allowed<Integer> vmpl = Allowed.any();
        private Allowed<String> providers = Allowed.none();

        private Builder() {}

        /** Whether the report must come from the simulator (true) or from hardware (false). */
        public Builder simulated(boolean required) {
            this.simulated = required;
            return said(Part.SIMULATED);
        }

        /** 64 bytes each: what makes the report an answer to this caller. */
        public Builder reportData(Allowed<Bytes> allowed) {
            this.reportData = sized(allowed, 64);
            return said(Part.REPORT_DATA);
        }

        public Builder products(Allowed<Product> allowed) {
            this.products = allowed;
            return said(Part.PRODUCTS);
        }

        /** 48 bytes each. */
        public Builder measurements(Allowed<Bytes> allowed) {
            this.measurements = sized(allowed, 48);
            return said(Part.MEASUREMENTS);
        }

        /** 32 bytes each. */
        public Builder hostData(Allowed<Bytes> allowed) {
            this.hostData = sized(allowed, 32);
            return said(Part.HOST_DATA);
        }

        /** Held against reported, committed and launch TCB, component by component; a product that is not named fails. */
        public Builder minimumTcb(Map<Product, TcbVersion> minimum) {
            if (minimum.isEmpty()) {
                throw new IllegalArgumentException("an empty list of minimum TCBs accepts no product");
            }
            this.minimumTcb = Optional.of(Map.copyOf(minimum));
            return said(Part.MINIMUM_TCB);
        }

        /** Accepts firmware that is known to be broken. */
        public Builder acceptingAnyTcb() {
            this.minimumTcb = Optional.empty();
            return said(Part.MINIMUM_TCB);
        }

        public Builder policy(PolicyRules rules) {
            this.policy = rules;
            return said(Part.POLICY);
        }

        public Builder platformInfo(PlatformRules rules) {
            this.platformInfo = rules;
            return said(Part.PLATFORM_INFO);
        }

        /** SHA-384 of keys that may sign the guest's ID block; 48 zeros stand for none. */
        public Builder idKeys(Allowed<Bytes> allowed) {
            this.idKeys = sized(allowed, 48);
            return said(Part.ID_KEYS);
        }

        /** SHA-384 of keys that may sign the ID key; 48 zeros stand for none. */
        public Builder authorKeys(Allowed<Bytes> allowed) {
            this.authorKeys = sized(allowed, 48);
            return said(Part.AUTHOR_KEYS);
        }

        /** 64 bytes each (a Turin's: its 8, then zeros); unless any chip will do, one that masks its id fails. */
        public Builder chips(Allowed<Bytes> allowed) {
            this.chips = sized(allowed, 64);
            return said(Part.CHIPS);
        }

        /** From 0, the highest, to 3. */
        public Builder vmpl(Allowed<Integer> allowed) {
            this.vmpl = allowed;
            return said(Part.VMPL);
        }

        /** Clouds whose VLEKs are accepted, as their certificates name them (cspID); the empty set accepts no VLEK. */
        public Builder providers(Set<String> accepted) {
            this.providers = accepted.isEmpty() ? Allowed.none() : Allowed.only(accepted);
            return said(Part.PROVIDERS);
        }

        /** Accepts the VLEK of any cloud, also one that AMD has issued for tests. */
        public Builder acceptingAnyProvider() {
            this.providers = Allowed.any();
            return said(Part.PROVIDERS);
        }

        /** @throws IllegalStateException naming what was not said */
        public Expectations build() {
            var missing = EnumSet.allOf(Part.class);
            missing.removeAll(parts);
            if (!missing.isEmpty()) {
                throw new IllegalStateException("not said: " + missing);
            }
            return new Expectations(copy());
        }

        private Builder copy() {
            var copy = new Builder();
            copy.parts.addAll(parts);
            copy.simulated = simulated;
            copy.reportData = reportData;
            copy.products = products;
            copy.measurements = measurements;
            copy.hostData = hostData;
            copy.minimumTcb = minimumTcb;
            copy.policy = policy;
            copy.platformInfo = platformInfo;
            copy.idKeys = idKeys;
            copy.authorKeys = authorKeys;
            copy.chips = chips;
            copy.vmpl = vmpl;
            copy.providers = providers;
            return copy;
        }

        private Builder said(Part part) {
            parts.add(part);
            return this;
        }

        private static Allowed<Bytes> sized(Allowed<Bytes> allowed, int length) {
            if (!allowed.values().stream().allMatch(value -> value.length() == length)) {
                throw new IllegalArgumentException("each value has %d bytes".formatted(length));
            }
            return allowed;
        }
    }
}
