package dev.husk.gateway.attest;

import dev.husk.gateway.contract.Agreement;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.snp.Bytes;
import java.time.Instant;
import java.util.Optional;

/**
 * An attested sandbox.
 *
 * @param id digest of chip id and report id, {@code sha256:hex}
 * @param bound what it is bound to, for ever
 * @param teeKey what its evidence said that secrets are wrapped to; a stock guest's newer tokens name newer keys
 * @param plain whether no active contract named what it is bound to when it was bound: then it never gets a key
 * @param contract the contract that its first release narrowed it to
 * @param function the function that its first release narrowed it to
 * @param lease what it may use keys under; empty before the first release, and once it was ended
 */
public record Sandbox(
        String id,
        Bound bound,
        TeeKey teeKey,
        Evidence evidence,
        boolean simulated,
        boolean plain,
        Optional<String> contract,
        Optional<String> function,
        Optional<Lease> lease) {

    /** What a sandbox is bound to. */
    public sealed interface Bound {
        Contract.Binding kind();

        /**
         * The archive that the function runtime measured before it loaded any of it.
         *
         * @param code {@code sha256:hex}
         * @param signingKey with which the sandbox asks for everything from then on
         */
        record ToArchive(String code, String entry, PartyKey signingKey) implements Bound {
            @Override
            public Contract.Binding kind() {
                return Contract.Binding.SANDBOX;
            }
        }

        /**
         * What the guest was started with, which pins its image and its code.
         *
         * @param pin where the hardware vouches for it: HOST_DATA, or on Azure PCR 8; 32 bytes
         */
        record ToInitData(Bytes pin) implements Bound {
            @Override
            public Contract.Binding kind() {
                return Contract.Binding.INITDATA;
            }
        }
    }

    /**
     * @param contract the identity of the version that the keys were released under
     * @param since index of the event that released them
     */
    public record Lease(String contract, long since, Instant until) {
        /** Whether it is of this version, and nobody has stopped the contract since. */
        boolean isUnder(Agreement of) {
            return contract.equals(of.contract().id()) && since > of.stopped();
        }
    }

    /** The archive's digest; empty text where the sandbox is bound by init-data. */
    public String code() {
        return bound instanceof Bound.ToArchive archive ? archive.code() : "";
    }

    /** The archive's entry point; empty text where the sandbox is bound by init-data. */
    public String entry() {
        return bound instanceof Bound.ToArchive archive ? archive.entry() : "";
    }

    /** The key that signs the sandbox's requests; a stock guest has none. */
    public Optional<PartyKey> signingKey() {
        return bound instanceof Bound.ToArchive archive ? Optional.of(archive.signingKey()) : Optional.empty();
    }

    /** Whether keys that were released under what counts now of a contract may be used at this moment. */
    public boolean holdsLease(Agreement of, Instant now) {
        return lease.filter(held -> held.isUnder(of) && held.until().isAfter(now))
                .isPresent();
    }
}
