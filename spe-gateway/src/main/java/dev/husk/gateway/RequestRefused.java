package dev.husk.gateway;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/** An answer other than success, thrown at the edge of a request; {@link Errors} writes it. Says what is safe to say. */
public final class RequestRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** One thing that speaks against a request. */
    public record Reason(String code, String detail) {
        /** As answers and the log show reasons. */
        public static JsonArray json(List<Reason> reasons) {
            var list = new JsonArray();
            for (var reason : reasons) {
                var one = new JsonObject();
                one.addProperty("code", reason.code());
                one.addProperty("detail", reason.detail());
                list.add(one);
            }
            return list;
        }

        @Override
        public String toString() {
            return code + ": " + detail;
        }
    }

    private final int status;
    private final String code;
    private final transient List<Reason> reasons;

    public RequestRefused(int status, String code, String detail) {
        this(status, code, detail, List.of());
    }

    public RequestRefused(int status, String code, String detail, List<Reason> reasons) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.reasons = List.copyOf(reasons);
    }

    public static RequestRefused malformed(String detail) {
        return new RequestRefused(400, "MALFORMED", detail);
    }

    public static RequestRefused unauthenticated(String detail) {
        return new RequestRefused(401, "UNAUTHENTICATED", detail);
    }

    public static RequestRefused notFound(String detail) {
        return new RequestRefused(404, "NOT_FOUND", detail);
    }

    public static RequestRefused conflict(String detail) {
        return new RequestRefused(409, "CONFLICT", detail);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public List<Reason> reasons() {
        return reasons;
    }
}
