package dev.husk.gateway.operate;

import dev.husk.gateway.Configuration;
import dev.husk.gateway.RequestRefused;
import jakarta.annotation.security.PermitAll;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** {@code GET /metrics}, for whoever holds the token that the operator set. Without one set, there is no such page. */
@Path("/metrics")
@PermitAll
public class MetricsResource {
    private final Metrics metrics;
    private final Configuration configuration;

    @Inject
    public MetricsResource(Metrics metrics, Configuration configuration) {
        this.metrics = metrics;
        this.configuration = configuration;
    }

    @GET
    @Produces("text/plain; version=0.0.4; charset=utf-8")
    public String scrape(@HeaderParam("Authorization") @Nullable String authorization) {
        var token = configuration.metricsToken().orElseThrow(() -> RequestRefused.notFound("no such page"));
        byte[] given = String.valueOf(authorization).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(given, ("Bearer " + token).getBytes(StandardCharsets.UTF_8))) {
            throw RequestRefused.unauthenticated("the figures are for the holder of their token");
        }
        return metrics.text();
    }
}
