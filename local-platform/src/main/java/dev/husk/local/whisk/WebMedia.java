package dev.husk.local.whisk;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a web action's result becomes an HTTP answer, by the extension of its address. */
enum WebMedia {
    HTTP(".http"),
    JSON(".json"),
    HTML(".html"),
    SVG(".svg"),
    TEXT(".text");

    private static final Set<String> OF_THE_CONNECTION =
            Set.of("content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "trailer", "date");

    private final String extension;

    WebMedia(String extension) {
        this.extension = extension;
    }

    static WebMedia of(String name) {
        for (var media : values()) {
            if (name.endsWith(media.extension)) {
                return media;
            }
        }
        return HTTP;
    }

    String withoutExtension(String name) {
        return name.endsWith(extension) ? name.substring(0, name.length() - extension.length()) : name;
    }

    Answer answer(JsonElement result) throws Refused {
        return switch (this) {
            case JSON -> {
                if (!(result instanceof JsonObject) && !(result instanceof JsonArray)) {
                    throw invalid("application/json");
                }
                yield Answer.json(200, result);
            }
            case HTML -> text(result, "html", "text/html", "text/html; charset=UTF-8");
            case SVG -> text(result, "svg", "image/svg+xml", "image/svg+xml");
            case TEXT -> plain(result);
            case HTTP -> http(result);
        };
    }

    static String mediaType(String contentType) {
        int parameters = contentType.indexOf(';');
        return (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .trim()
                .toLowerCase(Locale.ROOT);
    }

    static boolean isJson(String mediaType) {
        return mediaType.equals("application/json") || mediaType.endsWith("+json");
    }

    static boolean isBinary(String mediaType) {
        return !mediaType.startsWith("text/")
                && !isJson(mediaType)
                && !(mediaType.startsWith("application/") && mediaType.endsWith("+xml"))
                && !Set.of("application/xml", "application/javascript", "application/x-www-form-urlencoded")
                        .contains(mediaType);
    }

    private static Answer text(JsonElement result, String member, String type, String header) throws Refused {
        if (projected(result, member) instanceof JsonPrimitive text && text.isString()) {
            return Answer.of(200, header, text.getAsString().getBytes(StandardCharsets.UTF_8));
        }
        throw invalid(type);
    }

    private static Answer plain(JsonElement result) throws Refused {
        var text = projected(result, "text");
        if (text == null) {
            throw new Refused(404, "Response does not include requested property.");
        }
        var shown = text instanceof JsonPrimitive primitive
                ? primitive.getAsString()
                : new GsonBuilder()
                        .setPrettyPrinting()
                        .serializeNulls()
                        .create()
                        .toJson(text);
        return Answer.of(200, "text/plain; charset=UTF-8", shown.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable JsonElement projected(JsonElement result, String member) {
        if (result instanceof JsonObject object) {
            return object.has("body") ? object.get("body") : object.get(member);
        }
        return result;
    }

    private static Answer http(JsonElement result) throws Refused {
        if (!(result instanceof JsonObject object)) {
            throw invalid("message/http");
        }
        var headers = new ArrayList<Map.Entry<String, String>>();
        if (object.has("headers")) {
            if (!(object.get("headers") instanceof JsonObject given)) {
                throw invalid("message/http");
            }
            for (var header : given.entrySet()) {
                addHeader(headers, header.getKey(), header.getValue());
            }
        }
        var body = object.has("body") ? object.get("body") : JsonNull.INSTANCE;
        boolean empty = body.isJsonNull()
                || body instanceof JsonPrimitive primitive
                        && primitive.isString()
                        && primitive.getAsString().isEmpty();
        int status = object.has("statusCode") ? status(object.get("statusCode")) : empty ? 204 : 200;
        var type = headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase("Content-Type"))
                .map(Map.Entry::getValue)
                .findFirst();
        headers.removeIf(header -> header.getKey().equalsIgnoreCase("Content-Type"));
        if (empty || status == 204 || status == 304) {
            return new Answer(status, List.copyOf(headers), new byte[0]);
        }
        if (body instanceof JsonPrimitive text && text.isString()) {
            var content = type.orElse("text/html");
            headers.add(0, Map.entry("Content-Type", withCharset(content)));
            return new Answer(status, List.copyOf(headers), bytes(text.getAsString(), mediaType(content)));
        }
        var content = type.orElse("application/json");
        if (!isJson(mediaType(content))) {
            throw unsuitable();
        }
        headers.add(0, Map.entry("Content-Type", content));
        return new Answer(status, List.copyOf(headers), body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String text, String type) throws Refused {
        boolean oldJson = isJson(type) && text.length() % 4 == 0 && text.matches("[A-Za-z0-9+/]++={0,2}");
        if (!isBinary(type) && !oldJson) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw unsuitable();
        }
    }

    private static String withCharset(String contentType) throws Refused {
        var type = mediaType(contentType);
        if (!type.matches("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+")) {
            throw new Refused(400, "Response specified an unknown content-type.");
        }
        return type.startsWith("text/") && !contentType.contains(";") ? contentType + "; charset=UTF-8" : contentType;
    }

    private static int status(JsonElement value) throws Refused {
        if (value instanceof JsonPrimitive primitive
                && !primitive.isBoolean()
                && primitive.getAsString().matches("[2-5][0-9][0-9]")) {
            return primitive.getAsInt();
        }
        throw invalid("message/http");
    }

    private static void addHeader(List<Map.Entry<String, String>> headers, String name, JsonElement value)
            throws Refused {
        if (!name.matches("[\\w!#$%&'*+.^`|~-]{1,256}")) {
            throw invalid("message/http");
        }
        if (value instanceof JsonArray array) {
            for (var one : array) {
                addHeader(headers, name, one);
            }
            return;
        }
        if (!(value instanceof JsonPrimitive primitive)
                || !primitive.getAsString().matches("[\\t\\x20-\\x7e\\x80-\\xff]{0,16384}")) {
            throw invalid("message/http");
        }
        if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
            headers.add(Map.entry(name, primitive.getAsString()));
        }
    }

    private static Refused invalid(String type) {
        return new Refused(400, "Response is not valid '" + type + "'.");
    }

    private static Refused unsuitable() {
        return new Refused(400, "Response type in header did not match generated content type.");
    }
}
