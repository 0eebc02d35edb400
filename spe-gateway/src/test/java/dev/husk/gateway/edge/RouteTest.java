package dev.husk.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTest {
    @ParameterizedTest(name = "{0} is {1}, shown as {2}")
    @CsvSource({
        "/kbs/v0/auth, HANDSHAKE, auth",
        "/kbs/v0/attest, HANDSHAKE, attest",
        "/kbs/v0/anything, HANDSHAKE, other",
        "/kbs/v0/husk/release, SANDBOX, release",
        "/kbs/v0/husk/renew, SANDBOX, renew",
        "/kbs/v0/husk/run, SANDBOX, run",
        "/kbs/v0/resource/a/b/key, SANDBOX, resource",
        "/v1/contracts, PARTY, party",
        "/log/checkpoint, PUBLIC, public",
        "/console/app.mjs, PUBLIC, public",
        "/v1/gateway/evidence, PUBLIC, public",
        "/metrics, METRICS, metrics",
        "/, PUBLIC, public",
    })
    void everyPathHasARouteAndALabelOfAFewOnly(String path, Route route, String label) {
        assertThat(Route.of(path)).isEqualTo(route);
        assertThat(route.label(path)).isEqualTo(label);
    }
}
