package dev.husk.gateway;

import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.sql.SQLException;
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

    @Inject
    private Subject subject;

    @Override
    public Response toResponse(Throwable error) {
        if (error instanceof RequestRefused refused) {
            subject.refused(refused);
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
        if (databaseAway(error)) {
            LOG.log(System.Logger.Level.WARNING, "the database does not answer");
            return answer(503, "DATABASE_AWAY", "the database does not answer at the moment: try again", List.of());
        }
        var id = UUID.randomUUID().toString();
        LOG.log(System.Logger.Level.ERROR, "unexpected error " + id, error);
        return answer(500, "UNEXPECTED", "unexpected error " + id, List.of());
    }

    /** Whether the connection broke, or the database stops, starts or is full: what passes without the gateway's doing. */
    private static boolean databaseAway(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && sql.getSQLState().matches("(08|53|57P).*")) {
                return true;
            }
        }
        return false;
    }

    private Response answer(int status, String code, String detail, List<RequestRefused.Reason> reasons) {
        var body = ErrorBody.of(uri.getPath(), status, code, detail, reasons);
        var response = Response.status(status).type(body.type()).entity(body.text());
        if (status == 401 && body.type().equals("application/problem+json")) {
            response.header("WWW-Authenticate", "Bearer realm=\"husk-gateway\"");
        }
        if (status == 429 || status == 503) {
            response.header("Retry-After", "1");
        }
        return response.build();
    }
}
