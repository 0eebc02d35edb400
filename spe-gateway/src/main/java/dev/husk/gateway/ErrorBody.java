package dev.husk.gateway;

import com.google.gson.JsonObject;
import dev.husk.protocol.kbs.KbsError;
import java.util.List;
import java.util.Locale;

/** The body of an error: a KBS error below {@code /kbs}, an RFC 9457 problem elsewhere. */
public record ErrorBody(String type, String text) {

    /** @param path of the request, with or without its first slash */
    public static ErrorBody of(
            String path, int status, String code, String detail, List<RequestRefused.Reason> reasons) {
        boolean kbs = path.matches("(?s)/?kbs/.*");
        var body = kbs ? KbsError.body(code, detail) : problem(status, code, detail);
        if (!reasons.isEmpty()) {
            body.add("reasons", RequestRefused.Reason.json(reasons));
        }
        return new ErrorBody(kbs ? "application/json" : "application/problem+json", body.toString());
    }

    private static JsonObject problem(int status, String code, String detail) {
        var body = new JsonObject();
        body.addProperty(
                "type", "urn:husk:problem:" + code.toLowerCase(Locale.ROOT).replace('_', '-'));
        body.addProperty("title", code);
        body.addProperty("status", status);
        body.addProperty("detail", detail);
        body.addProperty("code", code);
        return body;
    }
}
