package dev.husk.gateway.release;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.gateway.contract.State;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a decision must say, read off the contract's JSON by other means than the policy's: which clauses of a contract
 * fail for a request, each by its code.
 *
 * @param rejections codes of what speaks against the platform; none where it is trusted
 */
record ReleaseOracle(JsonObject contract, State state, List<String> rejections, ReleaseRequest request, Usage usage) {

    List<String> failing() {
        var failing = new ArrayList<String>();
        when(state != State.ACTIVE, "CONTRACT_NOT_ACTIVE", failing);
        var function = entry("functions", "name", request.function());
        var grant = entry("grants", "function", request.function());
        if (function == null || grant == null) {
            failing.add("FUNCTION_UNKNOWN");
            return failing;
        }
        boolean archive = request.binding().name().equals("SANDBOX");
        when(archive && !text(function, "code").equals(request.code()), "CODE_MISMATCH", failing);
        when(archive && !text(function, "entry").equals(request.entry()), "ENTRY_MISMATCH", failing);
        var platform = entry("platforms", "name", text(function, "platform"));
        when(platform == null || text(platform, "binding").equals("sandbox") != archive, "BINDING_MISMATCH", failing);
        when(request.plain(), "BOUND_AS_PLAIN", failing);
        rejections.forEach(code -> failing.add("PLATFORM_" + code));
        when(
                !request.boundContract().orElse(text(contract, "name")).equals(text(contract, "name"))
                        || !request.boundFunction().orElse(request.function()).equals(request.function()),
                "BOUND_ELSEWHERE",
                failing);
        if (grant.get("callers").isJsonArray()) {
            when(request.caller().isEmpty(), "CALLER_UNKNOWN", failing);
            when(
                    request.caller().isPresent()
                            && !grant.getAsJsonArray("callers")
                                    .contains(new JsonPrimitive(request.caller().get())),
                    "CALLER_DENIED",
                    failing);
        }
        for (var parameter : request.parameters().entrySet()) {
            var bound = grant.getAsJsonObject("parameters").getAsJsonObject(parameter.getKey());
            if (bound == null) {
                failing.add("PARAMETER_UNKNOWN");
            } else {
                when(!fits(bound, parameter.getValue()), "PARAMETER_OUT_OF_BOUNDS", failing);
            }
        }
        var limits = grant.getAsJsonObject("limits");
        when(spent(limits.get("runs"), usage.runs()), "RUNS_SPENT", failing);
        when(spent(limits.get("perDay"), usage.today()), "DAY_SPENT", failing);
        var until = limits.get("until").getAsString();
        when(!until.equals("any") && Instant.parse(until).compareTo(request.now()) <= 0, "TIME_PAST", failing);
        for (var read : grant.getAsJsonArray("reads")) {
            when(!request.deposited().contains(read.getAsString()), "KEY_MISSING", failing);
        }
        return failing;
    }

    private static boolean fits(JsonObject bound, JsonElement value) {
        if (!(value instanceof JsonPrimitive given)) {
            return false;
        }
        var type = text(bound, "type");
        if (type.equals("boolean")) {
            return given.isBoolean();
        }
        if (type.equals("string")) {
            return given.isString()
                    && (!bound.get("values").isJsonArray()
                            || bound.getAsJsonArray("values").contains(given));
        }
        if (!given.isNumber()) {
            return false;
        }
        var number = new BigDecimal(given.getAsString());
        boolean whole = number.remainder(BigDecimal.ONE).signum() == 0;
        return (whole || type.equals("number"))
                && (isAny(bound.get("min")) || number.compareTo(bound.get("min").getAsBigDecimal()) >= 0)
                && (isAny(bound.get("max")) || number.compareTo(bound.get("max").getAsBigDecimal()) <= 0);
    }

    private static boolean spent(JsonElement limit, long used) {
        return !isAny(limit) && used >= limit.getAsLong();
    }

    private static boolean isAny(JsonElement element) {
        return element.equals(new JsonPrimitive("any"));
    }

    private @org.jspecify.annotations.Nullable JsonObject entry(String list, String key, String name) {
        for (var one : contract.getAsJsonArray(list)) {
            if (text(one.getAsJsonObject(), key).equals(name)) {
                return one.getAsJsonObject();
            }
        }
        return null;
    }

    private static String text(JsonObject object, String member) {
        return object.get(member).getAsString();
    }

    private static void when(boolean fails, String code, List<String> failing) {
        if (fails) {
            failing.add(code);
        }
    }
}
