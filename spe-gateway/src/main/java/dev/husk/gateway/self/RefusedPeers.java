package dev.husk.gateway.self;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.log.Ledger;
import dev.husk.gateway.log.LoggedEvent;
import dev.husk.gateway.log.View;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Says in the log that a machine was refused the state key, once an hour for each chip: a genuine machine that is no peer
 * can ask as often as it likes, and entries are for ever. Safe to share between threads.
 */
@ApplicationScoped
public class RefusedPeers implements View {
    static final Duration APART = Duration.ofHours(1);

    @Inject
    private Ledger ledger;

    @Inject
    private GatewayEvents events;

    @Inject
    private Clock clock;

    /** When a chip was last said to be refused, for those of the last hour. */
    private final Map<String, Instant> last = new HashMap<>();

    /** @param chip digest of the id in a report whose signature is good: nobody else fills the log */
    @Transactional
    public void say(String chip, List<Reason> reasons) {
        // Not every request waits for the log.
        if (!due(chip, clock.instant()) || !due(chip, ledger.lock())) {
            return;
        }
        var event = new JsonObject();
        event.addProperty("event", "state-key-refused");
        event.addProperty("chip", chip);
        event.add("reasons", Reason.json(reasons));
        events.append(event);
    }

    synchronized boolean due(String chip, Instant now) {
        var before = last.get(chip);
        return before == null || Duration.between(before, now).abs().compareTo(APART) >= 0;
    }

    @Override
    public synchronized void take(LoggedEvent event) {
        if (event.chain().equals(Ledger.GATEWAY)
                && event.name().equals("state-key-refused")
                && event.event().has("chip")) {
            var time = event.time("time");
            last.values().removeIf(before -> !before.isAfter(time.minus(APART)));
            last.put(event.text("chip"), time);
        }
    }
}
