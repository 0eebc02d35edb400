package dev.husk.gateway.log;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.protocol.json.Base64Url;
import jakarta.annotation.security.PermitAll;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The public side of the log: checkpoint, leaves, proofs. Leaves say nothing to whom the contract is not known. */
@Path("/v1/log")
@PermitAll
public class LogResource {
    private static final int MAX_PAGE = 1000;

    private final EventLog log;
    private final Storage storage;

    @Inject
    public LogResource(EventLog log, Storage storage) {
        this.log = log;
        this.storage = storage;
    }

    @GET
    @Path("/checkpoint")
    @Produces("text/plain; charset=utf-8")
    public String checkpoint() {
        return log.checkpoint().text();
    }

    @GET
    @Path("/leaves")
    @Produces(MediaType.APPLICATION_JSON)
    public String leaves(@QueryParam("start") long start, @QueryParam("end") long end) {
        if (start < 0 || end <= start || end - start > MAX_PAGE) {
            throw RequestRefused.malformed("start and end must name 1 to " + MAX_PAGE + " entries");
        }
        var list = new JsonArray();
        storage.leaves(start, end).forEach(leaf -> list.add(new String(leaf, StandardCharsets.UTF_8)));
        var json = new JsonObject();
        json.add("leaves", list);
        return json.toString();
    }

    @GET
    @Path("/inclusion")
    @Produces(MediaType.APPLICATION_JSON)
    public String inclusion(@QueryParam("index") long index, @QueryParam("size") long size) {
        return proof(log.inclusion(index, size));
    }

    @GET
    @Path("/consistency")
    @Produces(MediaType.APPLICATION_JSON)
    public String consistency(@QueryParam("from") long from, @QueryParam("to") long to) {
        return proof(log.consistency(from, to));
    }

    private static String proof(List<byte[]> hashes) {
        var list = new JsonArray();
        hashes.forEach(hash -> list.add(Base64Url.encode(hash)));
        var json = new JsonObject();
        json.add("proof", list);
        return json.toString();
    }
}
