package dev.husk.gateway.self;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.gateway.keys.LastWrites;
import dev.husk.gateway.keys.Resealing;
import dev.husk.gateway.keys.Secrets;
import dev.husk.gateway.log.Ledger;
import dev.husk.gateway.recovery.RecoveryShares;
import dev.husk.protocol.contract.SignedStatement;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;

/** The gateway's keys over a change of its state key: new ones, endorsed by the one that signs the log, which stays. */
@ApplicationScoped
@Transactional
public class Identity {
    @Inject
    private GatewayKeys keys;

    @Inject
    private LastWrites writes;

    @Inject
    private Ledger ledger;

    @Inject
    private Resealing resealing;

    @Inject
    private RecoveryShares shares;

    @Inject
    private Clock clock;

    /**
     * Replaces the state key, seals everything under the new one, replaces the keys that whoever knew the former one could
     * open, makes new shares, and says so in the log: all of it or nothing.
     *
     * @param name of the event
     * @param holders who gave their shares, or agreed
     */
    void renew(String name, List<String> holders, byte[] stateKey) {
        ledger.lock();
        resealing.under(stateKey);
        keys.renew();
        var names = new JsonArray();
        holders.forEach(names::add);
        var endorsed = new JsonObject();
        endorsed.addProperty("action", "endorse");
        endorsed.add("keys", keys.json());
        endorsed.addProperty("time", clock.instant().toString());
        var event = new JsonObject();
        event.addProperty("event", name);
        event.add("holders", names);
        event.add("keys", keys.json());
        event.addProperty("endorsement", SignedStatement.sign(keys.log(), endorsed));
        ledger.append(Ledger.GATEWAY, event);
        shares.renew();
    }

    /** What the log's key signed about the keys of today; empty text where they are the first. */
    String endorsement() {
        long index = writes.of(Ledger.GATEWAY, Secrets.row("hpke"));
        return index == LastWrites.NEVER
                ? ""
                : ledger.appended(index).opening().event().get("endorsement").getAsString();
    }
}
