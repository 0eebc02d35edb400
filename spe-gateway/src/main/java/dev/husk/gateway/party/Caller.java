package dev.husk.gateway.party;

import dev.husk.gateway.RequestRefused;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** The party that the request's token names. A token opens the API; what a party says it signs besides. */
@RequestScoped
public class Caller {
    @Inject
    private JsonWebToken token;

    /** @throws RequestRefused without a token */
    public String party() {
        var name = token.getName();
        if (name == null || name.isEmpty()) {
            throw RequestRefused.unauthenticated("no party's token");
        }
        return name;
    }
}
