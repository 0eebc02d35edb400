package dev.husk.gateway.attest;

import dev.husk.gateway.RequestRefused;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whom a request is of: a guest sends its token, or the cookie that it got with it, which holds the same
 * token and is as good at every replica.
 */
@ApplicationScoped
public class Bearers {
    @Inject
    private AttestationToken tokens;

    /**
     * A token counts before a cookie, and a bad one is not made good by a cookie.
     *
     * @throws RequestRefused with 401 where neither is good
     */
    public Bearer of(@Nullable String authorization, @Nullable String session) {
        if (authorization != null || session == null) {
            return tokens.bearer(authorization);
        }
        return tokens.verified(session)
                .orElseThrow(() -> new RequestRefused(
                        401, "InvalidSession", "the session is not attested, or has expired: attest again"));
    }
}
