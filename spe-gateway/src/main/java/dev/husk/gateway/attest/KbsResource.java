package dev.husk.gateway.attest;

import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import jakarta.annotation.security.PermitAll;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** {@code /kbs/v0/auth} and {@code /kbs/v0/attest} (KBS protocol 0.4.0). */
@Path("/kbs/v0")
@PermitAll
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class KbsResource {
    private static final String VERSION = "0.4.0";
    private static final String COOKIE = "kbs-session-id";
    private static final int MAX_AUTH = 16 << 10;
    private static final int MAX_ATTEST = 2 << 20;

    private final Sessions sessions;
    private final Attestation attestation;

    @Inject
    public KbsResource(Sessions sessions, Attestation attestation) {
        this.sessions = sessions;
        this.attestation = attestation;
    }

    @POST
    @Path("/auth")
    public Response auth(InputStream body) {
        var request = Body.object(body, MAX_AUTH);
        var version = Body.text(request, "version");
        if (!version.equals(VERSION)) {
            throw new RequestRefused(
                    401,
                    "ProtocolVersion",
                    "KBS Client Protocol Version Mismatch: expect =" + VERSION + " while the request is " + version);
        }
        var tee = Body.text(request, "tee");
        if (!tee.equals("snp")) {
            throw new RequestRefused(401, "TeeUnsupported", "this gateway judges snp, not " + shown(tee));
        }
        if (!request.has("extra-params")) {
            throw RequestRefused.malformed("member extra-params is missing");
        }
        var session = sessions.start();
        var answer = new JsonObject();
        answer.addProperty("nonce", session.nonce());
        answer.addProperty("extra-params", "");
        var expires =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(session.expires().atOffset(ZoneOffset.UTC));
        return Response.ok(answer.toString())
                .header("Set-Cookie", COOKIE + "=" + session.id() + "; Path=/kbs; HttpOnly; Expires=" + expires)
                .build();
    }

    @POST
    @Path("/attest")
    public String attest(@CookieParam(COOKIE) @Nullable String session, InputStream body) {
        if (session == null) {
            throw new RequestRefused(401, "InvalidSession", "no session: call auth first");
        }
        var answer = new JsonObject();
        answer.addProperty("token", attestation.attest(session, Body.object(body, MAX_ATTEST)));
        return answer.toString();
    }

    private static String shown(String text) {
        return text.length() > 32 ? text.substring(0, 32) + ".." : text;
    }
}
