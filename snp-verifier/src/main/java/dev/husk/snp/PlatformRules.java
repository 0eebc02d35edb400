package dev.husk.snp;

import dev.husk.snp.Reason.Code;
import java.util.List;

/** How the machine must be set up (AMD 56860, PLATFORM_INFO); the components are those of {@link PlatformInfo}. */
public record PlatformRules(
        RequiredBit smt,
        RequiredBit tsme,
        RequiredBit ecc,
        RequiredBit raplDisabled,
        RequiredBit ciphertextHiding,
        RequiredBit aliasCheck,
        RequiredBit tio) {

    /** Checks nothing. */
    public static PlatformRules any() {
        return new PlatformRules(
                RequiredBit.ANY,
                RequiredBit.ANY,
                RequiredBit.ANY,
                RequiredBit.ANY,
                RequiredBit.ANY,
                RequiredBit.ANY,
                RequiredBit.ANY);
    }

    void check(PlatformInfo info, List<Reason> reasons) {
        check("SMT", smt, info.smtEnabled(), reasons);
        check("TSME", tsme, info.tsmeEnabled(), reasons);
        check("ECC memory", ecc, info.eccEnabled(), reasons);
        check("RAPL disabled", raplDisabled, info.raplDisabled(), reasons);
        check("ciphertext hiding", ciphertextHiding, info.ciphertextHidingEnabled(), reasons);
        check("alias check", aliasCheck, info.aliasCheckComplete(), reasons);
        check("trusted I/O", tio, info.tioEnabled(), reasons);
    }

    private static void check(String what, RequiredBit required, boolean actual, List<Reason> reasons) {
        if (!required.allows(actual)) {
            reasons.add(new Reason(Code.PLATFORM_INFO_MISMATCH, "%s: %s".formatted(what, actual)));
        }
    }
}
