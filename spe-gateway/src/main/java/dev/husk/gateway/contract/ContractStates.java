package dev.husk.gateway.contract;

import dev.husk.gateway.log.LoggedEvent;
import dev.husk.gateway.log.View;
import dev.husk.gateway.log.Views;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where each contract stands, from the log alone. Safe to share between threads. */
@ApplicationScoped
public class ContractStates implements View {
    private final Map<String, Versions> known = new ConcurrentHashMap<>();

    @Inject
    private Views views;

    Versions of(String name) {
        views.catchUp();
        return known.getOrDefault(name, Versions.NONE);
    }

    Collection<Versions> all() {
        views.catchUp();
        return List.copyOf(known.values());
    }

    @Override
    public void take(LoggedEvent event) {
        var before = known.getOrDefault(event.chain(), Versions.NONE);
        var after = before.after(event);
        if (after != before) {
            known.put(event.chain(), after);
        }
    }
}
