package dev.husk.gateway.console;

import dev.husk.gateway.RequestRefused;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * {@code /console/}: the files of the page, for everyone; they hold nothing of anybody. What the page shows it asks of
 * the API, with the token that its user gives it.
 */
@Path("/console")
@PermitAll
public class ConsoleResource {
    /** Nothing but what this server serves, no markup from texts, no frame around the page. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'";

    @GET
    @Operation(hidden = true)
    public Response page(@Context UriInfo uri) throws IOException {
        // The page names its files relative to itself.
        return uri.getRequestUri().getPath().endsWith("/")
                ? answer(ConsoleFile.PAGE)
                : Response.status(Response.Status.PERMANENT_REDIRECT)
                        .header(HttpHeaders.LOCATION, "/console/")
                        .build();
    }

    @GET
    @Path("/{name}")
    @Operation(hidden = true)
    public Response file(@PathParam("name") String name) throws IOException {
        return answer(
                ConsoleFile.named(name).orElseThrow(() -> RequestRefused.notFound("the console has no such file")));
    }

    private static Response answer(ConsoleFile file) throws IOException {
        try (InputStream in = ConsoleResource.class.getResourceAsStream(file.name())) {
            return Response.ok(Objects.requireNonNull(in, file.name()).readAllBytes())
                    .header(HttpHeaders.CONTENT_TYPE, file.type())
                    .header("Content-Security-Policy", POLICY)
                    .header("Referrer-Policy", "no-referrer")
                    .header("Cross-Origin-Opener-Policy", "same-origin")
                    .header("Cross-Origin-Embedder-Policy", "require-corp")
                    .header("Cross-Origin-Resource-Policy", "same-origin")
                    .header("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
                    .header("X-Frame-Options", "DENY")
                    .build();
        }
    }
}
