package dev.husk.cli;

import dev.husk.protocol.contract.PartySigner;
import dev.husk.store.DataKey;
import dev.husk.store.minio.ObjectStore;
import java.io.IOException;
import java.util.function.LongConsumer;

/**
 * Seals a file into the store and deposits its key. Where the deposit fails, the object is taken away again, so that
 * nothing stays that nobody has the key of.
 */
final class DataUpload {
    private final ObjectStore store;
    private final KeyDeposit deposit;

    DataUpload(ObjectStore store, KeyDeposit deposit) {
        this.store = store;
        this.deposit = deposit;
    }

    SealedFile.Written run(OwnData data, PlainFile plain, PartySigner signer, LongConsumer progress)
            throws CommandFailed, IOException {
        try (var key = DataKey.generate();
                var in = plain.open()) {
            var stored = store.putSealed(data.location(), in, key, data.identity(), progress);
            try {
                deposit.send(data, signer, key, stored.sha256(), stored.size());
            } catch (CommandFailed e) {
                if (!arrived(data, stored.sha256(), e)) {
                    throw undone(data, e);
                }
            }
            return new SealedFile.Written(stored.sha256(), stored.size());
        }
    }

    /** An answer that got lost does not mean that nothing arrived. */
    private boolean arrived(OwnData data, String sha256, CommandFailed failure) throws CommandFailed, IOException {
        try {
            return deposit.arrived(data, sha256);
        } catch (CommandFailed e) {
            throw failure.with("; " + data.dataset().store() + " holds the sealed object, and whether the gateway has "
                    + "its key is not known: run this again with --replace");
        }
    }

    private CommandFailed undone(OwnData data, CommandFailed failure) throws CommandFailed {
        if (data.held().deposit(data.dataset().name()).isPresent()) {
            return failure.with("; " + data.dataset().store()
                    + " holds the new object while the gateway has the old key: run this again");
        }
        try {
            store.delete(data.location());
            return failure.with("; nothing was deposited and the uploaded object was removed");
        } catch (IOException e) {
            return failure.with("; nothing was deposited, but " + data.dataset().store() + " could not be removed: "
                    + e.getMessage());
        }
    }
}
