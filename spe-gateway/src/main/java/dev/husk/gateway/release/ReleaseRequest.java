package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.Contract;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Everything about a request that the decision looks at.
 *
 * @param function the function that the sandbox says it is
 * @param binding what kind of binding the sandbox has
 * @param code digest of the archive that the sandbox is bound to; empty where it is bound by init-data
 * @param entry the entry point that it is bound to; empty where it is bound by init-data
 * @param plain whether it was bound as a plain action
 * @param boundContract the contract of an earlier release; empty before the first
 * @param boundFunction the function of an earlier release; empty before the first
 * @param caller the party whose signature over this very request was verified; empty where there was none
 * @param parameters what the function is to be called with
 * @param deposited the datasets and results whose keys are there
 */
record ReleaseRequest(
        String function,
        Contract.Binding binding,
        String code,
        String entry,
        boolean plain,
        Optional<String> boundContract,
        Optional<String> boundFunction,
        Optional<String> caller,
        JsonObject parameters,
        Set<String> deposited,
        Instant now) {}
