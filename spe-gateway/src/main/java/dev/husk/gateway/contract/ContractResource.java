package dev.husk.gateway.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.log.Cosigning;
import dev.husk.gateway.log.EventLog;
import dev.husk.gateway.party.Caller;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/contracts}: propose, show, sign, deposit keys, read events. For parties. */
@Path("/v1/contracts")
@RolesAllowed("party")
@Produces(MediaType.APPLICATION_JSON)
public class ContractResource {
    private static final int MAX_STATEMENT = 64 << 10;

    private final Contracts contracts;
    private final Proposals proposals;
    private final Statements statements;
    private final Deposits deposits;
    private final PartyView view;
    private final EventLog log;
    private final Cosigning cosigning;
    private final Caller caller;

    @Inject
    public ContractResource(
            Contracts contracts,
            Proposals proposals,
            Statements statements,
            Deposits deposits,
            PartyView view,
            EventLog log,
            Cosigning cosigning,
            Caller caller) {
        this.contracts = contracts;
        this.proposals = proposals;
        this.statements = statements;
        this.deposits = deposits;
        this.view = view;
        this.log = log;
        this.cosigning = cosigning;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response propose(InputStream body, @HeaderParam("Husk-Statement") @Nullable String statement) {
        if (statement == null) {
            throw RequestRefused.malformed("the header Husk-Statement is missing");
        }
        var agreement = proposals.propose(contract(Body.bytes(body, Contracts.MAX_BYTES)), statement, caller.party());
        return Response.status(201).entity(json(agreement).toString()).build();
    }

    @GET
    public String list() {
        var list = new JsonArray();
        for (var agreement : contracts.of(caller.party())) {
            var one = new JsonObject();
            one.addProperty("name", agreement.contract().name());
            one.addProperty("version", agreement.contract().version());
            one.addProperty("id", agreement.contract().id());
            one.addProperty("state", agreement.state().label());
            list.add(one);
        }
        log.checkpoint();
        var json = new JsonObject();
        json.add("contracts", list);
        return json.toString();
    }

    @GET
    @Path("/{name}")
    public String show(@PathParam("name") String name) {
        var party = caller.party();
        var agreement = contracts.visible(name, party);
        var json = json(agreement);
        contracts
                .amendment(name, party)
                .filter(amendment -> !amendment.contract().equals(agreement.contract()))
                .ifPresent(amendment -> json.add("proposal", json(amendment)));
        view.details(agreement, party).entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue()));
        // What another request has committed is told once it is durable.
        log.checkpoint();
        return json.toString();
    }

    @POST
    @Path("/{name}/statements")
    @Consumes(MediaType.TEXT_PLAIN)
    public String state(@PathParam("name") String name, InputStream body) {
        var party = caller.party();
        requireVisible(name, party);
        var agreement = statements.take(name, Body.ascii(body, MAX_STATEMENT), party);
        return json(agreement).toString();
    }

    @POST
    @Path("/{name}/keys")
    @Consumes(MediaType.TEXT_PLAIN)
    public Response deposit(@PathParam("name") String name, InputStream body) {
        var party = caller.party();
        deposits.deposit(name, Body.ascii(body, MAX_STATEMENT), party);
        return Response.status(201).entity("{\"state\":\"deposited\"}").build();
    }

    @GET
    @Path("/{name}/events")
    public String events(@PathParam("name") String name, @QueryParam("from") @DefaultValue("0") long from) {
        var party = caller.party();
        contracts.visible(name, party);
        var json = view.events(name, party, from);
        // Read after the events, so that it counts all of them.
        json.addProperty("checkpoint", cosigning.checkpoint().text());
        return json.toString();
    }

    /** Who is left out of a version sees it as long as it is to replace one that names it. */
    private void requireVisible(String name, String party) {
        if (contracts.amendment(name, party).isEmpty()) {
            contracts.visible(name, party);
        }
    }

    private static Contract contract(byte[] body) {
        try {
            return Contract.parse(Json.parse(body, Contracts.MAX_BYTES));
        } catch (MalformedJsonException e) {
            throw RequestRefused.malformed("the contract: " + e.getMessage());
        } catch (InvalidContractException e) {
            throw Proposals.invalid(e.problems());
        }
    }

    private static JsonObject json(Agreement agreement) {
        var json = new JsonObject();
        json.add("contract", agreement.contract().json());
        json.addProperty("id", agreement.contract().id());
        json.addProperty("state", agreement.state().label());
        json.add("accepted", array(agreement.accepted()));
        json.add("resumed", array(agreement.resuming()));
        json.add("awaited", array(agreement.awaited()));
        return json;
    }

    private static JsonArray array(List<String> texts) {
        var array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }
}
