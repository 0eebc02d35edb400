package dev.husk.gateway.operate;

import dev.husk.gateway.log.WitnessTrouble;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The figures of this replica since it started. Labels come from closed sets; none names a party, contract or sandbox. */
@ApplicationScoped
public class Metrics {
    private static final double NANOS = 1e9;

    @Inject
    private Gauges gauges;

    private final PrometheusRegistry registry = new PrometheusRegistry();

    private final Counter attestations = Counter.builder()
            .name("husk_attestations_total")
            .help("Attestations by verdict.")
            .labelNames("verdict")
            .register(registry);
    private final Counter sessions = Counter.builder()
            .name("husk_sessions_total")
            .help("Handshakes that were begun, and those of them that ended with a token.")
            .labelNames("state")
            .register(registry);
    private final Counter releases = Counter.builder()
            .name("husk_releases_total")
            .help("Releases, and single keys, that were granted.")
            .labelNames("what")
            .register(registry);
    private final Counter refusals = Counter.builder()
            .name("husk_refusals_total")
            .help("Reasons for refusals, by their codes; one refusal may have several.")
            .labelNames("what", "code")
            .register(registry);
    private final Counter limited = Counter.builder()
            .name("husk_limited_total")
            .help("Requests that a limit turned away.")
            .labelNames("code")
            .register(registry);
    private final Histogram latency = Histogram.builder()
            .name("husk_request_seconds")
            .help("How long answers take, by route and class of status.")
            .labelNames("route", "status")
            .classicOnly()
            .classicUpperBounds(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10)
            .register(registry);

    @PostConstruct
    void observe() {
        GaugeWithCallback.builder()
                .name("husk_log_entries")
                .help("Entries of the log under its newest checkpoint here.")
                .callback(callback -> callback.call(gauges.logEntries()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("husk_log_cosigned_entries")
                .help("Entries under the newest checkpoint that the policy's quorum of witnesses cosigned.")
                .callback(callback -> callback.call(gauges.cosignedEntries()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("husk_witness_up")
                .help("Whether the witness, by the policy's name, cosigned when it was asked last.")
                .labelNames("witness")
                .callback(callback -> gauges.witnesses().forEach((name, up) -> callback.call(up ? 1 : 0, name)))
                .register(registry);
        CounterWithCallback.builder()
                .name("husk_witness_troubles_total")
                .help("What came from witnesses instead of a cosignature.")
                .labelNames("code")
                .callback(callback -> {
                    for (var code : WitnessTrouble.Code.values()) {
                        callback.call(gauges.witnessTroubles(code), code.name());
                    }
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("husk_sessions_open")
                .help("Handshakes that are open; only the sum over all replicas is a number of its own.")
                .callback(callback -> callback.call(gauges.sessionsOpen()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("husk_recovery_shares_unfetched")
                .help("Holders that have not fetched their share of the state key.")
                .callback(callback -> callback.call(gauges.sharesUnfetched()))
                .register(registry);
    }

    void count(Decided decided) {
        if (!decided.verdict().isEmpty()) {
            attestations.labelValues(decided.verdict()).inc();
        }
        if (decided.outcome().equals("granted") && decided.what().equals("attest")) {
            sessions.labelValues("attested").inc();
        }
        if (decided.outcome().equals("granted")
                && (decided.what().equals("release") || decided.what().equals("key"))) {
            releases.labelValues(decided.what()).inc();
        }
        decided.reasons()
                .forEach(code -> refusals.labelValues(decided.what(), code).inc());
    }

    /** A handshake that was begun. */
    void sessionBegun() {
        sessions.labelValues("begun").inc();
    }

    /** @param route one of few names */
    public void answered(String route, int status, long nanos) {
        latency.labelValues(route, status / 100 + "xx").observe(nanos / NANOS);
    }

    /** A request that was turned away before it was looked at. */
    public void limited(String code) {
        limited.labelValues(code).inc();
    }

    /** Everything, as Prometheus scrapes it (text format 0.0.4). */
    String text() {
        var out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail to write", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
