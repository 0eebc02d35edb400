package dev.husk.gateway.attest;

import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.snp.Bytes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An attested sandbox.
 *
 * @param id digest of chip id and report id, {@code sha256:hex}
 * @param code digest of the archive that it is bound to, for ever
 * @param plain whether no active contract named the archive when it was bound: then it never gets a key
 * @param contract the contract that its first release narrowed it to
 * @param function the function that its first release narrowed it to
 */
public record Sandbox(
        String id,
        String code,
        String entry,
        TeeKey teeKey,
        PartyKey signingKey,
        Evidence evidence,
        boolean simulated,
        boolean plain,
        Optional<String> contract,
        Optional<String> function,
        Optional<Instant> leaseUntil) {

    /** What the verifier judged, to be judged again under a contract's platform. */
    public record Evidence(Bytes report, List<Bytes> certificates, Bytes reportData) {}
}
