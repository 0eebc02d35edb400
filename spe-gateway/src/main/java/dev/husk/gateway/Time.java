package dev.husk.gateway;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Clock;

/** The clock of everything in the gateway. */
@ApplicationScoped
public class Time {
    @Produces
    public Clock clock() {
        return Clock.systemUTC();
    }
}
