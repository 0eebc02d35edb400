package dev.husk.local.whisk;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.Headers;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * One HTTP request, read whole.
 *
 * @param path the decoded segments after the first slash; a slash at the end gives an empty last one
 * @param rawPath as it was sent
 * @param rawQuery as it was sent, without the question mark
 * @param authenticated it brought the key of the namespace
 */
record Call(
        String method,
        List<String> path,
        String rawPath,
        String rawQuery,
        Map<String, String> query,
        Headers headers,
        byte[] body,
        String transaction,
        boolean authenticated) {

    private static final int MOST_LISTED = 200;
    private static final int DEFAULT_LISTED = 30;

    static List<String> segments(String rawPath) throws Refused {
        var segments = new ArrayList<String>();
        for (var raw : rawPath.substring(1).split("/", -1)) {
            segments.add(decode(raw.replace("+", "%2B")));
        }
        return segments;
    }

    /** Pairs of a query or a form; of two with one name the last counts. */
    static Map<String, String> pairs(String encoded) throws Refused {
        var pairs = new LinkedHashMap<String, String>();
        for (var pair : encoded.split("&")) {
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                var name = equals < 0 ? pair : pair.substring(0, equals);
                pairs.put(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return pairs;
    }

    private static String decode(String text) throws Refused {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refused(400, "The address holds a broken percent escape.");
        }
    }

    /** The body as JSON, and an empty one as an empty object. */
    JsonElement json() throws Refused {
        if (body.length == 0) {
            return new JsonObject();
        }
        try {
            return Json.parse(body, Integer.MAX_VALUE);
        } catch (MalformedJsonException e) {
            throw Refused.malformed(String.valueOf(e.getMessage()));
        }
    }

    JsonObject jsonObject() throws Refused {
        if (json() instanceof JsonObject object) {
            return object;
        }
        throw Refused.malformed("a JSON object is expected");
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.getFirst(name));
    }

    boolean flag(String name, boolean absent) throws Refused {
        var value = query.get(name);
        if (value == null || value.isEmpty()) {
            return absent;
        }
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new Refused(400, "The query parameter '" + name + "' must be true or false.");
        };
    }

    OptionalLong number(String name) throws Refused {
        var value = query.get(name);
        if (value == null || value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!value.matches("[0-9]{1,18}")) {
            throw new Refused(400, "The query parameter '" + name + "' must be a number that is not negative.");
        }
        return OptionalLong.of(Long.parseLong(value));
    }

    /** A collection of entities: the part of it that was asked for, or only how many there are. */
    Answer list(EntityPath.Kind kind, List<Entity> all, Function<Entity, JsonObject> row) throws Refused {
        if (!method.equals("GET")) {
            throw Refused.method("GET");
        }
        if (flag("count", false)) {
            return Answer.count(kind.segment(), all.size());
        }
        return Answer.list(page(all).stream().map(row).toList());
    }

    /** Refuses to replace what is there, unless that was asked for. */
    void mayReplace(Optional<Entity> before) throws Refused {
        boolean overwrite = flag("overwrite", false);
        if (before.isPresent() && !overwrite) {
            throw new Refused(409, "resource already exists");
        }
    }

    /** The part of a list that was asked for. */
    <T> List<T> page(List<T> all) throws Refused {
        long limit = number("limit").orElse(DEFAULT_LISTED);
        if (limit > MOST_LISTED) {
            throw new Refused(
                    400,
                    "The value '%d' is not in the range of 0 to %d for the query parameter 'limit'."
                            .formatted(limit, MOST_LISTED));
        }
        return all.stream()
                .skip(number("skip").orElse(0))
                .limit(limit == 0 ? MOST_LISTED : limit)
                .toList();
    }
}
