package dev.husk.gateway.log;

import dev.husk.gateway.RequestRefused;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.TileName;
import jakarta.annotation.security.PermitAll;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The public log, as C2SP {@code tlog-tiles} serves it: the checkpoint, tiles of hashes and bundles of entries. Entries
 * say nothing to whom the contract is not known.
 */
@Path("/log")
@PermitAll
public class LogResource {
    private static final String FOR_EVER = "public, max-age=31536000, immutable";

    private final EventLog log;
    private final Cosigning cosigning;

    @Inject
    public LogResource(EventLog log, Cosigning cosigning) {
        this.log = log;
        this.cosigning = cosigning;
    }

    /** The newest, with the cosignatures that there are. */
    @GET
    @Path("/checkpoint")
    @Produces("text/plain; charset=utf-8")
    public String checkpoint() {
        return cosigning.checkpoint().text();
    }

    /** A tile never changes, a partial one neither: the next one has another name. Bundles of entries are compressed. */
    @GET
    @Path("/{tile: tile/.+}")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    public Response tile(
            @PathParam("tile") String path,
            @HeaderParam(HttpHeaders.ACCEPT_ENCODING) @Nullable String encodings,
            @Context Request request) {
        var name = name(path);
        byte[] file = log.tile(name).orElseThrow(LogResource::notFound);
        boolean packed = name.isEntries() && takesGzip(encodings);
        var digest = Digests.sha256(file).substring("sha256:".length());
        var tag = new EntityTag(packed ? digest + "-gzip" : digest);
        var known = request.evaluatePreconditions(tag);
        var answer =
                known != null ? known : Response.ok(packed ? gzip(file) : file).tag(tag);
        if (packed && known == null) {
            answer.header(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        if (name.isEntries()) {
            answer.header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        }
        return answer.header(HttpHeaders.CACHE_CONTROL, FOR_EVER).build();
    }

    private static boolean takesGzip(@Nullable String encodings) {
        return encodings != null
                && Arrays.stream(encodings.split(",")).map(String::strip).anyMatch("gzip"::equals);
    }

    private static byte[] gzip(byte[] file) {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static TileName name(String path) {
        try {
            return TileName.parse(path);
        } catch (MalformedLogException e) {
            throw notFound();
        }
    }

    private static RequestRefused notFound() {
        return RequestRefused.notFound("the log has no such tile");
    }
}
