package dev.husk.runtime.attest;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;

/** The gateway said no, with its reasons. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MAX_REASONS = 20;
    private static final int MAX_CHARS = 500;

    private RefusedException(String reasons) {
        super("refused: " + reasons);
    }

    static RefusedException of(String code, String detail) {
        return new RefusedException(printable(code) + ": " + printable(detail));
    }

    /** Reads a KBS error body; what it lacks is said. */
    static RefusedException parse(int status, JsonObject body) {
        List<String> reasons = new ArrayList<>();
        if (body.get("reasons") instanceof JsonArray array) {
            for (var element : array) {
                if (element instanceof JsonObject reason && reasons.size() < MAX_REASONS) {
                    reasons.add(text(reason, "code") + ": " + text(reason, "detail"));
                }
            }
        }
        if (reasons.isEmpty()) {
            var type = text(body, "type");
            reasons.add((type.isEmpty() ? "HTTP " + status : type.substring(type.lastIndexOf('/') + 1)) + ": "
                    + text(body, "detail"));
        }
        return new RefusedException(String.join("; ", reasons));
    }

    private static String text(JsonObject object, String member) {
        return object.get(member) instanceof JsonPrimitive value ? printable(value.getAsString()) : "";
    }

    /** A gateway's text ends up in answers and logs, so it stays on one line and short. */
    static String printable(String text) {
        var line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS) + "...";
    }
}
