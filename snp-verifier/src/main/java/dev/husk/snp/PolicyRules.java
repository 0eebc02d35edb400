package dev.husk.snp;

import dev.husk.snp.Reason.Code;
import java.util.List;

/**
 * What the guest policy (AMD 56860, GUEST_POLICY) must say.
 *
 * @param debug whether the host may be allowed to read the guest's memory
 * @param migrationAgent whether a migration agent may be allowed to move the guest
 * @param smt whether two guests may share a core's threads
 * @param singleSocket whether the guest is bound to one socket
 * @param ciphertextHiding whether the guest demands that the host cannot even see ciphertext
 */
public record PolicyRules(
        boolean debug,
        boolean migrationAgent,
        RequiredBit smt,
        RequiredBit singleSocket,
        RequiredBit ciphertextHiding) {

    /** Neither debugging nor migration; the rest unchecked. */
    public static PolicyRules closed() {
        return new PolicyRules(false, false, RequiredBit.ANY, RequiredBit.ANY, RequiredBit.ANY);
    }

    /** Checks nothing; a guest that passes may be readable by its host. */
    public static PolicyRules any() {
        return new PolicyRules(true, true, RequiredBit.ANY, RequiredBit.ANY, RequiredBit.ANY);
    }

    void check(GuestPolicy policy, List<Reason> reasons) {
        if (policy.debugAllowed() && !debug) {
            reasons.add(new Reason(Code.DEBUG_ALLOWED, "the guest policy lets the host read guest memory"));
        }
        if (policy.migrationAgentAllowed() && !migrationAgent) {
            reasons.add(new Reason(Code.MIGRATION_AGENT_ALLOWED, "the guest may be moved by a migration agent"));
        }
        if (!smt.allows(policy.smtAllowed())) {
            reasons.add(new Reason(Code.SMT_MISMATCH, "SMT allowed: " + policy.smtAllowed()));
        }
        if (!singleSocket.allows(policy.singleSocketRequired())) {
            reasons.add(new Reason(
                    Code.SINGLE_SOCKET_MISMATCH, "single socket required: " + policy.singleSocketRequired()));
        }
        if (!ciphertextHiding.allows(policy.ciphertextHidingRequired())) {
            reasons.add(new Reason(
                    Code.CIPHERTEXT_HIDING_MISMATCH,
                    "ciphertext hiding required: " + policy.ciphertextHidingRequired()));
        }
    }
}
