package dev.husk.gateway.party;

import dev.husk.gateway.RequestRefused;
import jakarta.annotation.Priority;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;

/**
 * Stands before the server's own check of a party's token: whatever is wrong with one is answered as a problem, without
 * lines in the server's log, and a key that the issuer withdrew is taken no longer than the configuration says.
 */
@Provider
@Priority(Priorities.AUTHENTICATION - 100)
public class PartyTokenFilter implements ContainerRequestFilter {
    private static final String BEARER = "Bearer ";

    @Context
    private ResourceInfo resource;

    @Inject
    private Parties parties;

    @Override
    public void filter(ContainerRequestContext request) {
        if (!needsToken()) {
            return;
        }
        var authorization = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        if (authorization == null || !authorization.startsWith(BEARER)) {
            throw RequestRefused.unauthenticated("a party's token is needed");
        }
        parties.admit(authorization.substring(BEARER.length()));
    }

    private boolean needsToken() {
        var method = resource.getResourceMethod();
        return method.isAnnotationPresent(RolesAllowed.class)
                || !method.isAnnotationPresent(PermitAll.class)
                        && resource.getResourceClass().isAnnotationPresent(RolesAllowed.class);
    }
}
