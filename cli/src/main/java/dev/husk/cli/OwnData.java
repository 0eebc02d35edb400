package dev.husk.cli;

import dev.husk.protocol.contract.Contract;
import dev.husk.store.minio.StoreLocation;

/** A dataset of a contract, and the party that owns it. */
record OwnData(HeldContract held, Contract.Dataset dataset, String party) {

    /** Which object a sealed one is: it opens under no other name. */
    String identity() {
        return held.contract().name() + "/" + dataset.name();
    }

    StoreLocation location() throws CommandFailed {
        return location(dataset);
    }

    static StoreLocation location(Contract.Dataset dataset) throws CommandFailed {
        try {
            return StoreLocation.parse(dataset.store());
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable("dataset " + dataset.name() + ": " + e.getMessage());
        }
    }
}
