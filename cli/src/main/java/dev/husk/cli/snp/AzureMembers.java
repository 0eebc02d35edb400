package dev.husk.cli.snp;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.snp.Allowed;
import dev.husk.snp.Bytes;
import dev.husk.snp.azure.AzureExpectations;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What expectations say of Azure's evidence besides the report: {@code nonce} and {@code userData}, each {@code any} or
 * hex; {@code pcrs}, {@code any} or an object from PCR numbers to lists of hex, with {@code others} being {@code any}.
 */
record AzureMembers(Allowed<Bytes> nonce, Allowed<Bytes> userData, Map<Integer, Allowed<Bytes>> pcrs) {
    private static final int USER_DATA = 64;
    private static final int PCR = 32;

    /** Reads them and removes them, so that only the report's expectations are left. */
    static AzureMembers takenOutOf(JsonObject json) throws UnusableInputException {
        return new AzureMembers(
                hex("nonce", json.remove("nonce"), -1),
                hex("userData", json.remove("userData"), USER_DATA),
                pcrs(json));
    }

    private static Map<Integer, Allowed<Bytes>> pcrs(JsonObject json) throws UnusableInputException {
        var value = json.remove("pcrs");
        if (isAny(value)) {
            return AzureExpectations.acceptingAnyOtherPcr(Map.of());
        }
        if (!(value instanceof JsonObject object)) {
            throw new UnusableInputException("pcrs must be any, or an object from numbers to lists of hex");
        }
        var named = new HashMap<Integer, Allowed<Bytes>>();
        for (var entry : object.entrySet()) {
            if (entry.getKey().equals("others") && isAny(entry.getValue())) {
                continue;
            }
            if (!entry.getKey().matches("[0-9]|1[0-9]|2[0-3]") || !(entry.getValue() instanceof JsonArray values)) {
                throw new UnusableInputException(
                        "pcrs.%s must be a list of hex, for a PCR from 0 to 23".formatted(entry.getKey()));
            }
            var accepted = new HashSet<Bytes>();
            for (var one : values) {
                accepted.add(bytes("pcrs." + entry.getKey(), one, PCR));
            }
            if (accepted.isEmpty()) {
                throw new UnusableInputException("pcrs.%s is empty, so nothing could pass".formatted(entry.getKey()));
            }
            named.put(Integer.valueOf(entry.getKey()), Allowed.only(accepted));
        }
        if (!object.has("others") && named.size() < 24) {
            throw new UnusableInputException(
                    "pcrs names not all of 0 to 23: say others: any, if they may have any value");
        }
        return AzureExpectations.acceptingAnyOtherPcr(named);
    }

    private static Allowed<Bytes> hex(String name, @org.jspecify.annotations.Nullable JsonElement value, int length)
            throws UnusableInputException {
        return isAny(value) ? Allowed.any() : Allowed.only(Set.of(bytes(name, value, length)));
    }

    private static boolean isAny(@org.jspecify.annotations.Nullable JsonElement value) {
        return value != null && value.isJsonPrimitive() && value.getAsString().equals("any");
    }

    private static Bytes bytes(String name, @org.jspecify.annotations.Nullable JsonElement value, int length)
            throws UnusableInputException {
        if (value == null
                || !value.isJsonPrimitive()
                || !value.getAsString().matches("([0-9a-f]{2})+")
                || length >= 0 && value.getAsString().length() != 2 * length) {
            throw new UnusableInputException(name + (value == null ? " is missing" : " must be any, or lower-case hex")
                    + (length < 0 ? "" : " of %d bytes".formatted(length)) + ", for evidence of Azure");
        }
        return Bytes.fromHex(value.getAsString());
    }
}
