package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.log.EventLog;
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
    private final EventLog log;
    private final Caller caller;

    @Inject
    public InvocationKeyResource(InvocationKeys keys, EventLog log, Caller caller) {
        this.keys = keys;
        this.log = log;
        this.caller = caller;
    }

    @GET
    public String key(@PathParam("name") String name, @PathParam("function") String function) {
        var published = keys.publish(name, function, caller.party());
        var json = new JsonObject();
        json.addProperty("key", published.key());
        json.add("receipt", log.receipt(published.event()).json());
        json.addProperty("salt", published.event().opening().salt());
        json.add("event", published.event().opening().event());
        return json.toString();
    }
}
