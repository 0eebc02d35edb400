package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.log.Cosigning;
import dev.husk.gateway.party.Caller;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** The key that a caller seals requests to, with the proof that it stands in the log. For parties. */
@Path("/v1/contracts/{name}/functions/{function}/key")
@RolesAllowed("party")
@Produces(MediaType.APPLICATION_JSON)
public class InvocationKeyResource {
    private final InvocationKeys keys;
    private final Cosigning cosigning;
    private final Caller caller;

    @Inject
    public InvocationKeyResource(InvocationKeys keys, Cosigning cosigning, Caller caller) {
        this.keys = keys;
        this.cosigning = cosigning;
        this.caller = caller;
    }

    @GET
    public String key(@PathParam("name") String name, @PathParam("function") String function) {
        var published = keys.publish(name, function, caller.party());
        cosigning.unreachable(published.contract()).ifPresent(away -> {
            throw away;
        });
        var json = new JsonObject();
        json.addProperty("key", published.key());
        json.add(
                "receipt",
                cosigning.receipt(published.event(), published.contract()).json());
        json.addProperty("salt", published.event().opening().salt());
        json.add("event", published.event().opening().event());
        return json.toString();
    }
}
