package dev.husk.cli;

import com.google.gson.JsonObject;
import dev.husk.cli.terminal.Figures;
import dev.husk.protocol.contract.Contract;
import java.util.List;
import java.util.Optional;

/**
 * A dataset as the store has it, beside what the gateway was told of it.
 *
 * @param sha256 digest of the object as it lies in the store, {@code sha256:hex}
 * @param head its first bytes, hex
 */
record StoredData(HeldContract held, Contract.Dataset dataset, String sha256, long size, String head) {

    private Optional<HeldContract.Deposit> deposit() throws CommandFailed {
        return held.deposit(dataset.name());
    }

    private boolean matches() throws CommandFailed {
        return deposit()
                .filter(told -> HeldContract.sameDigest(told.sha256(), sha256))
                .isPresent();
    }

    List<String> lines() throws CommandFailed {
        return List.of(
                "dataset %s of %s, owner %s, at %s"
                        .formatted(dataset.name(), held.contract().name(), dataset.owner(), dataset.store()),
                "  deposited      "
                        + deposit()
                                .map(told -> told.sha256() + ", " + Figures.bytes(told.size()))
                                .orElse("no key"),
                "  in store       " + sha256 + ", " + Figures.bytes(size),
                "  the store sees " + head + "..",
                matches() ? "  digest matches" : "  digest does NOT match");
    }

    JsonObject json() throws CommandFailed {
        var json = new JsonObject();
        json.addProperty("store", dataset.store());
        deposit().ifPresent(told -> {
            var deposited = new JsonObject();
            deposited.addProperty("sha256", told.sha256());
            deposited.addProperty("size", told.size());
            json.add("deposited", deposited);
        });
        json.addProperty("sha256", sha256);
        json.addProperty("size", size);
        json.addProperty("head", head);
        json.addProperty("matches", matches());
        return json;
    }

    /** Refuses an object that is not the one whose key was deposited. */
    void requireDeposited() throws CommandFailed {
        if (deposit().isEmpty()) {
            throw CommandFailed.refused("no key of " + dataset.name() + " is deposited: `husk data put` deposits one");
        }
        if (!matches()) {
            throw CommandFailed.refused("TAMPERED: " + dataset.store() + " is not the object that " + dataset.owner()
                    + " deposited the key of; `husk data put --replace` uploads it anew");
        }
    }
}
