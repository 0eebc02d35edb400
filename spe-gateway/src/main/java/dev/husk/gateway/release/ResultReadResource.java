package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.log.Cosigning;
import dev.husk.gateway.party.Caller;
import dev.husk.protocol.json.Base64Url;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The key of a result, for a party that the contract names as its reader, with the proof that the log says so. */
@Path("/v1/contracts/{name}/results/{result}")
@RolesAllowed("party")
@Produces(MediaType.APPLICATION_JSON)
public class ResultReadResource {
    private static final int MAX_STATEMENT = 64 << 10;

    private final ResultReads reads;
    private final Objects objects;
    private final Cosigning cosigning;
    private final Caller caller;

    @Inject
    public ResultReadResource(ResultReads reads, Objects objects, Cosigning cosigning, Caller caller) {
        this.reads = reads;
        this.objects = objects;
        this.cosigning = cosigning;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.TEXT_PLAIN)
    public String read(@PathParam("name") String name, @PathParam("result") String result, InputStream body) {
        var outcome = reads.read(name, result, Body.ascii(body, MAX_STATEMENT), caller.party());
        if (outcome instanceof Outcome.Refused refused) {
            throw new RequestRefused(403, "READ_REFUSED", "refused by the contract", refused.reasons());
        }
        var read = (Outcome.Read) outcome;
        var json = new JsonObject();
        json.add("receipt", cosigning.receipt(read.event(), read.contract()).json());
        json.addProperty("salt", read.event().opening().salt());
        json.add("event", read.event().opening().event());
        var key = new JsonObject();
        key.addProperty("enc", Base64Url.encode(read.key().enc()));
        key.addProperty("ciphertext", Base64Url.encode(read.key().ciphertext()));
        json.add("key", key);
        json.addProperty("url", address(read));
        return json.toString();
    }

    private String address(Outcome.Read read) {
        var store = ReleaseEvents.store(read.contract(), read.result());
        try {
            return objects.read(store).toString();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot presign " + store, e);
        }
    }
}
