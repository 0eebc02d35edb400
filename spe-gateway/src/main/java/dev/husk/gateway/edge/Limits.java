package dev.husk.gateway.edge;

import dev.husk.gateway.Configuration;
import dev.husk.gateway.Proxies;
import dev.husk.gateway.RateLimit;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.attest.AttestationToken;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask how often. Sandboxes with a valid token have limits of their own, which no flood of others uses up; all
 * others are limited by their address and, in all, by how many are answered at a time.
 */
@ApplicationScoped
public class Limits {
    @Inject
    private Configuration configuration;

    @Inject
    private AttestationToken tokens;

    private RateLimit handshakes;
    private RateLimit others;
    private RateLimit sandboxes;
    private Semaphore strangers;
    private Semaphore parties;
    private Proxies proxies;

    @PostConstruct
    void configure() {
        handshakes = new RateLimit(configuration.handshakesPerMinute(), System::nanoTime);
        others = new RateLimit(configuration.publicPerMinute(), System::nanoTime);
        sandboxes = new RateLimit(configuration.sandboxPerMinute(), System::nanoTime);
        strangers = new Semaphore(configuration.strangersAtOnce());
        parties = new Semaphore(configuration.strangersAtOnce());
        proxies = configuration.trustedProxies();
    }

    /** What counts as the source of a request: the address, or what a trusted proxy says that it was. */
    String source(HttpServletRequest request) {
        var forwarded = request.getHeaders("X-Forwarded-For");
        return Addresses.source(
                proxies.client(request.getRemoteAddr(), forwarded == null ? List.of() : Collections.list(forwarded)));
    }

    /**
     * Lets a request in; what it gives is to be run once the request was answered.
     *
     * @throws RequestRefused with 429 for one request too many, 503 where too many strangers are being answered
     */
    Runnable admit(Route route, String source, @Nullable String authorization) {
        switch (route) {
            case PARTY, METRICS -> {
                // Counted by party once its token is checked. Places of their own: a suspension must get through.
                return place(parties);
            }
            case SANDBOX -> {
                var sandbox = sandbox(authorization);
                if (sandbox.isEmpty()) {
                    return limited(others, source);
                }
                require(sandboxes, sandbox, "this sandbox");
                return () -> {};
            }
            case HANDSHAKE -> {
                return limited(handshakes, source);
            }
            default -> {
                return limited(others, source);
            }
        }
    }

    private Runnable limited(RateLimit limit, String source) {
        require(limit, source, "this address");
        return place(strangers);
    }

    private static Runnable place(Semaphore places) {
        if (!places.tryAcquire()) {
            throw new RequestRefused(503, "BUSY", "too many requests are being answered: try again");
        }
        return places::release;
    }

    private static void require(RateLimit limit, String key, String who) {
        if (!limit.allows(key)) {
            throw new RequestRefused(429, "TOO_MANY_REQUESTS", "too many requests of " + who + ": try again later");
        }
    }

    private String sandbox(@Nullable String authorization) {
        if (authorization == null) {
            return "";
        }
        try {
            return tokens.bearer(authorization).sandbox();
        } catch (RequestRefused e) {
            // The resource says what is wrong with it.
            return "";
        }
    }
}
