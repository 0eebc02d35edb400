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
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** {@code /kbs/v0/auth} and {@code /kbs/v0/attest} (KBS protocol 0.4.0). */
@Path("/kbs/v0")
@PermitAll
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class KbsResource {
    /** The cookie of a handshake: at first its session, and once attested its token. */
    public static final String COOKIE = "kbs-session-id";

    private static final String VERSION = "0.4.0";
    private static final int MAX_AUTH = 16 << 10;

    private final Sessions sessions;
    private final Attestation attestation;
    private final Clock clock;

    @Inject
    public KbsResource(Sessions sessions, Attestation attestation, Clock clock) {
        this.sessions = sessions;
        this.attestation = attestation;
        this.clock = clock;
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
                    "KBS Client Protocol Version Mismatch: expect =" + VERSION + " while the request is "
                            + shown(version));
        }
        var tee = Body.text(request, "tee");
        requireJudged(tee);
        requireExtraParams(request);
        var session = sessions.start(tee);
        var answer = new JsonObject();
        answer.addProperty("nonce", session.nonce());
        answer.addProperty("extra-params", "");
        return answered(answer, session.id(), session.expires());
    }

    @POST
    @Path("/attest")
    public Response attest(@CookieParam(COOKIE) @Nullable String session, InputStream body) {
        if (session == null) {
            throw new RequestRefused(401, "InvalidSession", "no session: call auth first");
        }
        var answer = new JsonObject();
        var token = attestation.attest(session, body);
        answer.addProperty("token", token);
        return answered(answer, token, clock.instant().plus(AttestationToken.LIFE));
    }

    private static Response answered(JsonObject answer, String cookie, Instant until) {
        var expires = DateTimeFormatter.RFC_1123_DATE_TIME.format(until.atOffset(ZoneOffset.UTC));
        return Response.ok(answer.toString())
                .header("Set-Cookie", COOKIE + "=" + cookie + "; Path=/kbs/v0; HttpOnly; Expires=" + expires)
                .build();
    }

    private static void requireJudged(String tee) {
        if (tee.equals("sample")) {
            // Nothing in it names a guest, and whoever reaches this address can make it up.
            throw new RequestRefused(
                    401,
                    "TeeUnsupported",
                    "sample evidence is signed by nobody and names no sandbox, so it is refused also where simulated"
                            + " evidence counts: a simulator's reports come as snp");
        }
        if (!Attestation.TEES.contains(tee)) {
            throw new RequestRefused(
                    401, "TeeUnsupported", "this gateway judges snp and az-snp-vtpm, not " + shown(tee));
        }
    }

    /** A text or an object; what it says is not needed. */
    private static void requireExtraParams(JsonObject request) {
        var extra = request.get("extra-params");
        if (extra == null) {
            throw RequestRefused.malformed("member extra-params is missing");
        }
        if (!extra.isJsonObject()
                && !(extra.isJsonPrimitive() && extra.getAsJsonPrimitive().isString())) {
            throw RequestRefused.malformed("member extra-params must be text or an object");
        }
    }

    private static String shown(String text) {
        return text.length() > 32 ? text.substring(0, 32) + ".." : text;
    }
}
