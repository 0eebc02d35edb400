package dev.husk.gateway.party;

import dev.husk.gateway.Configuration;
import dev.husk.gateway.RateLimit;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.tls.ServerTrust;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;

/** Lets parties in by their tokens, and each no more often than its limit. */
@ApplicationScoped
public class Parties {
    private static final Duration FETCH = Duration.ofSeconds(5);

    @Inject
    private Configuration configuration;

    private PartyTokens tokens;
    private RateLimit limit;

    @PostConstruct
    void configure() {
        var http = new IssuerHttp(ServerTrust.of("HUSK_ISSUER_CA", configuration.issuerAuthorities()), FETCH);
        var copy = Path.of(System.getProperty("server.output.dir"), "party-keys.json");
        tokens = new PartyTokens(
                configuration.issuer(),
                new IssuerKeys(configuration.issuer(), configuration.issuerKeys(), http, copy),
                Duration.ofSeconds(configuration.issuerKeysSeconds()));
        limit = new RateLimit(configuration.partyPerMinute(), System::nanoTime);
    }

    /** @throws RequestRefused with 401 for a token that does not hold, 429 for one request too many */
    void admit(String token) {
        var party = tokens.party(token);
        if (!limit.allows(party)) {
            throw new RequestRefused(429, "TOO_MANY_REQUESTS", "too many requests of " + party + ": try again later");
        }
    }
}
