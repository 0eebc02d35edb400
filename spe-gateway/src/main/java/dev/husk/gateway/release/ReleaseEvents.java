package dev.husk.gateway.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.log.Appended;
import dev.husk.gateway.log.EventDetails;
import dev.husk.gateway.log.Ledger;
import dev.husk.gateway.log.Spent;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Details;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the log says of releases and refusals. In the caller's transaction. */
@ApplicationScoped
public class ReleaseEvents {
    @Inject
    private Ledger ledger;

    @Inject
    private EventDetails details;

    /** What was handed out, under which lease. */
    static JsonObject released(
            Asked asked,
            Contract contract,
            Set<String> reads,
            Set<String> writes,
            Map<String, String> digests,
            Instant leaseUntil,
            boolean simulated) {
        var event = event("released", contract, asked);
        event.add("reads", names(reads));
        event.add("writes", names(writes));
        var all = new TreeSet<>(reads);
        all.addAll(writes);
        event.add("objects", objects(contract, all, digests));
        event.addProperty("leaseUntil", leaseUntil.toString());
        event.addProperty("simulated", simulated);
        return event;
    }

    /** Marks a release as one that begins a run, which the function's limits count. */
    static void beginsRun(JsonObject event) {
        event.addProperty("run", true);
    }

    Appended append(Contract contract, JsonObject event) {
        return ledger.append(contract.name(), event);
    }

    Appended append(Contract contract, JsonObject event, Details values, Set<String> readers) {
        return details.append(contract.name(), event, values, readers);
    }

    /**
     * Logs a refusal.
     *
     * @param concerned who may read all reasons
     * @param spent what the request used up all the same
     */
    Outcome.Refused refuse(
            Asked asked,
            Contract contract,
            String what,
            List<Reason> reasons,
            Set<String> concerned,
            Collection<String> spent) {
        var event = event("refused", contract, asked);
        event.addProperty("what", what);
        if (!spent.isEmpty()) {
            Spent.add(event, spent);
        }
        if (reasons.stream().noneMatch(ReleaseEvents::isPrivate)) {
            event.add("reasons", Reason.json(reasons));
            return new Outcome.Refused(reasons, append(contract, event));
        }
        event.add(
                "reasons",
                Reason.json(reasons.stream()
                        .map(reason -> isPrivate(reason)
                                ? new Reason(reason.code(), "told to the caller and to the owners of what it reads")
                                : reason)
                        .toList()));
        var values = new JsonObject();
        values.add("reasons", Reason.json(reasons));
        return new Outcome.Refused(
                reasons, append(contract, event, new Details(Base64Url.random(32), values), concerned));
    }

    /** Whether a reason says something about the caller's request, which is no matter of the other parties. */
    private static boolean isPrivate(Reason reason) {
        return reason.code().startsWith("PARAMETER_");
    }

    /** Who may read the details of a run: its caller, and the owners of what it reads. */
    static Set<String> concerned(Contract contract, String function, Optional<String> caller) {
        var concerned = new HashSet<String>();
        caller.ifPresent(concerned::add);
        contract.grant(function)
                .map(Contract.Grant::reads)
                .orElse(Set.of())
                .forEach(read -> contract.dataset(read).ifPresent(dataset -> concerned.add(dataset.owner())));
        return concerned;
    }

    private static JsonObject event(String name, Contract contract, Asked asked) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("contract", contract.id());
        event.addProperty("function", asked.function());
        event.addProperty("sandbox", asked.sandbox());
        event.addProperty("activation", asked.activation());
        return event;
    }

    /** Which sealed objects the keys are of: their identities, where they lie, and what must lie there. */
    private static JsonObject objects(Contract contract, Set<String> names, Map<String, String> digests) {
        var objects = new JsonObject();
        for (var name : names) {
            objects.add(name, object(contract, name, Optional.ofNullable(digests.get(name))));
        }
        return objects;
    }

    static JsonObject object(Contract contract, String name, Optional<String> digest) {
        var object = new JsonObject();
        object.addProperty("identity", identity(contract, name));
        object.addProperty("store", store(contract, name));
        digest.ifPresent(sha256 -> object.addProperty("sha256", sha256));
        return object;
    }

    /** What an object is sealed under. */
    static String identity(Contract contract, String object) {
        return contract.name() + "/" + object;
    }

    /** Where an object lies. */
    static String store(Contract contract, String object) {
        return contract.dataset(object)
                .map(Contract.Dataset::store)
                .or(() -> contract.result(object).map(Contract.Result::store))
                .orElseThrow();
    }

    static JsonArray names(Set<String> names) {
        var array = new JsonArray();
        new TreeSet<>(names).forEach(array::add);
        return array;
    }
}
