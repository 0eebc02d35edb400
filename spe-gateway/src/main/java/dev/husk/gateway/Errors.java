package dev.husk.gateway;

import com.google.gson.JsonObject;
import dev.husk.protocol.kbs.KbsError;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.List;
import java.util.UUID;

/**
 * Writes every error: RFC 9457 problems, and KBS error bodies below {@code /kbs}. The text of unexpected errors stays
 * in the server's log, under the id that the answer names.
 */
@Provider
public class Errors implements ExceptionMapper<Throwable> {
    private static final System.Logger LOG = System.getLogger(Errors.class.getName());

    @Context
    private UriInfo uri;

    @Override
    public Response toResponse(Throwable error) {
        if (error instanceof RequestRefused refused) {
            return answer(refused.status(), refused.code(), String.valueOf(refused.getMessage()), refused.reasons());
        }
        if (error instanceof WebApplicationException expected) {
            int status = expected.getResponse().getStatus();
            return answer(
                    status,
                    "HTTP_" + status,
                    expected.getResponse().getStatusInfo().getReasonPhrase(),
                    List.of());
        }
        var id = UUID.randomUUID().toString();
        LOG.log(System.Logger.Level.ERROR, "unexpected error " + id, error);
        return answer(500, "UNEXPECTED", "unexpected error " + id, List.of());
    }

    private Response answer(int status, String code, String detail, List<RequestRefused.Reason> reasons) {
        boolean kbs = uri.getPath().matches("(?s)/?kbs/.*");
        var body = kbs ? KbsError.body(code, detail) : problem(status, code, detail);
        if (!reasons.isEmpty()) {
            body.add("reasons", RequestRefused.Reason.json(reasons));
        }
        var response = Response.status(status)
                .type(kbs ? MediaType.APPLICATION_JSON_TYPE : MediaType.valueOf("application/problem+json"))
                .entity(body.toString());
        if (status == 401 && !kbs) {
            response.header("WWW-Authenticate", "Bearer realm=\"husk-gateway\"");
        }
        return response.build();
    }

    private static JsonObject problem(int status, String code, String detail) {
        var body = new JsonObject();
        body.addProperty(
                "type",
                "urn:husk:problem:" + code.toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        body.addProperty("title", code);
        body.addProperty("status", status);
        body.addProperty("detail", detail);
        body.addProperty("code", code);
        return body;
    }
}
