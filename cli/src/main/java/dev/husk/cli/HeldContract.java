package dev.husk.cli;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.Contract;
import java.util.Optional;

/**
 * A contract as the gateway holds it.
 *
 * <p>Its identity is computed here from the text that was read, never one that the gateway names.
 */
record HeldContract(Contract contract, JsonObject answer) {

    /** An object that was deposited: what the gateway was told of it. */
    record Deposit(String sha256, long size) {}

    String state() throws CommandFailed {
        return GatewayClient.text(answer, "state");
    }

    String logKey() throws CommandFailed {
        return GatewayClient.text(answer, "logKey");
    }

    Optional<Deposit> deposit(String dataset) throws CommandFailed {
        if (answer.get("datasets") instanceof JsonObject datasets
                && datasets.get(dataset) instanceof JsonObject deposited
                && deposited.has("sha256")) {
            return Optional.of(
                    new Deposit(GatewayClient.text(deposited, "sha256"), GatewayClient.whole(deposited, "size")));
        }
        return Optional.empty();
    }

    /** Whether two digests are one, with or without the prefix that names the algorithm. */
    static boolean sameDigest(String a, String b) {
        return a.replaceFirst("^sha256:", "").equals(b.replaceFirst("^sha256:", ""));
    }

    /** The dataset, which must be {@code party}'s own. */
    Contract.Dataset ownDataset(String name, String party) throws CommandFailed {
        var dataset = dataset(name);
        if (!dataset.owner().equals(party)) {
            throw CommandFailed.refused("dataset %s of contract %s belongs to %s, not to %s"
                    .formatted(name, contract.name(), dataset.owner(), party));
        }
        return dataset;
    }

    Contract.Dataset dataset(String name) throws CommandFailed {
        return contract.dataset(name)
                .orElseThrow(() -> CommandFailed.unusable("contract %s names no dataset %s; it names: %s"
                        .formatted(
                                contract.name(),
                                name,
                                String.join(
                                        ", ",
                                        contract.datasets().stream()
                                                .map(Contract.Dataset::name)
                                                .toList()))));
    }

    /** The gateway refuses a statement under another key; saying so here names the key that was meant. */
    void requireKey(String party, dev.husk.protocol.contract.PartyKey key) throws CommandFailed {
        var named = contract.party(party)
                .orElseThrow(() -> CommandFailed.refused(party + " is no party of contract " + contract.name()));
        if (!named.key().equals(key)) {
            throw CommandFailed.refused("contract %s names another key for %s: %s, this one is %s"
                    .formatted(contract.name(), party, named.key().text(), key.text()));
        }
    }
}
