package dev.husk.gateway.contract;

import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Contracts as they were read before, so that a large one does not slow every release down. Whatever the database holds
 * must be what the identity names. Safe to share between threads.
 */
final class ParsedContracts {
    private static final int MOST = 64;

    private final Map<String, Contract> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Contract> eldest) {
            return size() > MOST;
        }
    };

    /** @throws IllegalStateException if these bytes are not those of the contract of this identity */
    Contract get(String id, byte[] canonical) {
        if (!Digests.sha256(canonical).equals(id)) {
            throw new IllegalStateException("the database's contract " + id + " was changed");
        }
        synchronized (known) {
            var contract = known.get(id);
            if (contract != null) {
                return contract;
            }
        }
        try {
            var contract = Contract.parse(Json.parse(canonical, Contracts.MAX_BYTES));
            synchronized (known) {
                known.put(id, contract);
            }
            return contract;
        } catch (MalformedJsonException | InvalidContractException e) {
            throw new IllegalStateException("a stored contract is damaged", e);
        }
    }
}
