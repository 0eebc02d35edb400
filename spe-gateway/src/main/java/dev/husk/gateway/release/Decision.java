package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.protocol.contract.Contract;
import java.util.List;
import java.util.Optional;

/** What {@link ReleasePolicy} says to a request. */
public sealed interface Decision {

    /**
     * Everything that the contract asks for holds.
     *
     * @param caller the party whose signed request it is; empty where anyone may call
     * @param parameters what was checked, and no more
     */
    record Granted(Contract.Grant grant, Optional<String> caller, JsonObject parameters) implements Decision {}

    /** At least one clause of the contract is not met; every failing one is named. */
    record Refused(List<Reason> reasons) implements Decision {
        public Refused {
            reasons = List.copyOf(reasons);
            if (reasons.isEmpty()) {
                throw new IllegalArgumentException("a refusal has a reason");
            }
        }
    }
}
