package dev.husk.gateway.operate;

import java.util.List;

/**
 * A decision as operators see it. Holds no secret and nothing about a person; what is not known is empty.
 *
 * @param what {@code attest}, {@code release}, {@code key}, {@code renew} or {@code run}
 * @param outcome {@code granted}, {@code refused}, or {@code failed} where no decision came about
 * @param verdict of an attestation: {@code trusted}, {@code simulated} or {@code rejected}; otherwise empty
 * @param reasons the codes of a refusal
 */
record Decided(
        String what,
        String outcome,
        String verdict,
        List<String> reasons,
        String sandbox,
        String contract,
        String function,
        String activation) {
    Decided {
        reasons = List.copyOf(reasons);
    }
}
