package dev.husk.gateway;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** Reads request bodies: never more than the limit, then strictly. */
public final class Body {
    private Body() {}

    /** @throws RequestRefused with 413 for a body over {@code maxBytes}, of which the rest is not read */
    public static byte[] bytes(InputStream body, int maxBytes) {
        try {
            byte[] bytes = body.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new RequestRefused(413, "TOO_LARGE", "the body is larger than " + maxBytes + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw RequestRefused.malformed("the body ended early");
        }
    }

    public static JsonObject object(InputStream body, int maxBytes) {
        try {
            if (Json.parse(bytes(body, maxBytes), maxBytes) instanceof JsonObject object) {
                return object;
            }
            throw RequestRefused.malformed("the body is not a JSON object");
        } catch (MalformedJsonException e) {
            throw RequestRefused.malformed("the body: " + e.getMessage());
        }
    }

    /** A compact JWS or the like. */
    public static String ascii(InputStream body, int maxBytes) {
        var text = new String(bytes(body, maxBytes), StandardCharsets.US_ASCII);
        if (text.isEmpty() || text.chars().anyMatch(c -> c <= 0x20 || c > 0x7e)) {
            throw RequestRefused.malformed("the body is not one line of printable ASCII");
        }
        return text;
    }

    /** How far the member {@code time} is from {@code now}, either way. */
    public static Duration age(JsonObject statement, Instant now) {
        try {
            return Duration.between(Instant.parse(text(statement, "time")), now).abs();
        } catch (DateTimeException e) {
            throw RequestRefused.malformed("the statement's time is not one");
        }
    }

    public static String text(JsonObject object, String member) {
        if (object.get(member) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw RequestRefused.malformed("member " + member + " must be text");
    }

    public static JsonObject object(JsonObject object, String member) {
        if (object.get(member) instanceof JsonObject value) {
            return value;
        }
        throw RequestRefused.malformed("member " + member + " must be an object");
    }
}
