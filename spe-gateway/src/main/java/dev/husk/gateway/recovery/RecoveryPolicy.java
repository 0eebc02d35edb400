package dev.husk.gateway.recovery;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Who holds shares of the state key, and how many of them give it: {@code {"threshold":2,"holders":[{"name","key"}]}}.
 *
 * @param threshold at least 2: with one, each share would be the state key itself
 */
public record RecoveryPolicy(int threshold, List<Holder> holders) {
    private static final int LARGEST = 64 << 10;
    private static final String KEY = "x25519:";

    /** @param key {@code x25519:} and 32 bytes in base64url, as {@code husk party recovery-key} prints it */
    public record Holder(String name, String key) {
        byte[] publicKey() {
            return Base64Url.decode(key.substring(KEY.length()));
        }
    }

    /** @throws IllegalArgumentException naming what is wrong */
    public RecoveryPolicy {
        holders = List.copyOf(holders);
        var names = new HashSet<String>();
        var keys = new HashSet<String>();
        for (var holder : holders) {
            if (!holder.name().matches("[a-z0-9][a-z0-9-]{0,62}") || !names.add(holder.name())) {
                throw new IllegalArgumentException("each holder has a name of its own, as parties have");
            }
            if (!holder.key().startsWith(KEY) || holder.publicKey().length != 32 || !keys.add(holder.key())) {
                throw new IllegalArgumentException("each holder has a key of its own: x25519: and 32 bytes");
            }
        }
        if (threshold < 2 || threshold > holders.size() || holders.size() > 255) {
            throw new IllegalArgumentException("threshold is 2 at least, and the number of holders at most");
        }
    }

    /** @throws IllegalStateException if the file cannot be used: a gateway must not start without what it is told */
    static RecoveryPolicy read(Path file) {
        try {
            return parse(Json.parse(Files.readAllBytes(file), LARGEST));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read HUSK_RECOVERY: " + e.getMessage(), e);
        } catch (MalformedJsonException | IllegalArgumentException e) {
            throw new IllegalStateException(file + " (HUSK_RECOVERY): " + e.getMessage(), e);
        }
    }

    static RecoveryPolicy parse(JsonElement json) {
        if (!(json instanceof JsonObject object)
                || object.size() != 2
                || !(object.get("threshold") instanceof JsonPrimitive threshold)
                || !(threshold.isNumber() && threshold.getAsString().matches("\\d{1,3}"))
                || !(object.get("holders") instanceof JsonArray array)) {
            throw new IllegalArgumentException("expected {\"threshold\":2,\"holders\":[{\"name\":..,\"key\":..}]}");
        }
        var holders = new ArrayList<Holder>();
        for (var one : array) {
            if (!(one instanceof JsonObject holder) || holder.size() != 2) {
                throw new IllegalArgumentException("a holder has a name and a key");
            }
            holders.add(new Holder(text(holder, "name"), text(holder, "key")));
        }
        return new RecoveryPolicy(threshold.getAsInt(), holders);
    }

    private static String text(JsonObject object, String name) {
        if (object.get(name) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw new IllegalArgumentException("a holder's " + name + " is a text");
    }

    Optional<Holder> holder(String name) {
        return holders.stream().filter(holder -> holder.name().equals(name)).findFirst();
    }

    public JsonObject json() {
        var array = new JsonArray();
        for (var holder : holders) {
            var one = new JsonObject();
            one.addProperty("name", holder.name());
            one.addProperty("key", holder.key());
            array.add(one);
        }
        var json = new JsonObject();
        json.addProperty("threshold", threshold);
        json.add("holders", array);
        return json;
    }
}
