package dev.husk.gateway.operate;

import dev.husk.gateway.Subject;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import java.util.Map;

/** Counts and reports each decision once its transaction, if there was one, has ended. */
@Provider
public class DecisionFilter implements ContainerResponseFilter {
    private static final Map<String, String> DECISIONS = Map.of(
            "kbs/v0/attest", "attest",
            "kbs/v0/husk/release", "release",
            "kbs/v0/husk/renew", "renew",
            "kbs/v0/husk/run", "run");

    @Inject
    private Subject subject;

    @Inject
    private Metrics metrics;

    @Inject
    private DecisionLog log;

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        var path = request.getUriInfo().getPath().replaceFirst("^/", "");
        var what = path.startsWith("kbs/v0/resource/") ? "key" : DECISIONS.getOrDefault(path, "");
        int status = response.getStatus();
        if (path.equals("kbs/v0/auth") && status < 300) {
            metrics.sessionBegun();
        }
        if (what.isEmpty()) {
            return;
        }
        var decided = new Decided(
                what,
                status < 300 ? "granted" : status < 500 ? "refused" : "failed",
                subject.verdict(),
                subject.codes(),
                subject.sandbox(),
                subject.contract(),
                subject.function(),
                subject.activation());
        metrics.count(decided);
        log.write(decided);
    }
}
