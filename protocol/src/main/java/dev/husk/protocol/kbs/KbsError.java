package dev.husk.protocol.kbs;

import com.google.gson.JsonObject;

/** The body of every error on {@code /kbs}; clients need both members. */
public final class KbsError {
    private static final String TYPES = "https://github.com/confidential-containers/kbs/errors/";

    private KbsError() {}

    public static JsonObject body(String variant, String detail) {
        var body = new JsonObject();
        body.addProperty("type", TYPES + variant);
        body.addProperty("detail", detail);
        return body;
    }
}
