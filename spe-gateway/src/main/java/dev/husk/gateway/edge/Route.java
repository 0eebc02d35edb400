package dev.husk.gateway.edge;

/** What kind of request it is, by its path: each kind has limits of its own. */
enum Route {
    /** The KBS handshake: nobody is known yet. */
    HANDSHAKE,
    /** What attested sandboxes call. */
    SANDBOX,
    /** What parties call. */
    PARTY,
    /** The log and the gateway's evidence, for everyone. */
    PUBLIC,
    /** The figures. */
    METRICS;

    static Route of(String path) {
        if (path.startsWith("/kbs/v0/husk/") || path.startsWith("/kbs/v0/resource/")) {
            return SANDBOX;
        }
        if (path.startsWith("/kbs/")) {
            return HANDSHAKE;
        }
        if (path.startsWith("/v1/") && !path.startsWith("/v1/gateway/")) {
            return PARTY;
        }
        return path.equals("/metrics") ? METRICS : PUBLIC;
    }

    /** As figures call it: a bounded set of names, whatever is asked for. */
    String label(String path) {
        return switch (this) {
            case HANDSHAKE -> path.equals("/kbs/v0/auth") ? "auth" : path.equals("/kbs/v0/attest") ? "attest" : "other";
            case SANDBOX ->
                path.equals("/kbs/v0/husk/release")
                        ? "release"
                        : path.equals("/kbs/v0/husk/renew")
                                ? "renew"
                                : path.equals("/kbs/v0/husk/run") ? "run" : "resource";
            case PARTY -> "party";
            case PUBLIC -> "public";
            case METRICS -> "metrics";
        };
    }
}
