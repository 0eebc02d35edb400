package dev.husk.cli.gateway;

import com.google.gson.JsonElement;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.snp.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every check of a gateway, and the gateway where all of them passed. */
public final class GatewayJudgement {
    private final List<Check> checks;
    private final Optional<VerifiedGateway> gateway;

    private GatewayJudgement(List<Check> checks, Optional<VerifiedGateway> gateway) {
        this.checks = List.copyOf(checks);
        this.gateway = gateway;
    }

    static GatewayJudgement failed(List<Check> checks) {
        return new GatewayJudgement(checks, Optional.empty());
    }

    static GatewayJudgement of(
            List<Check> checks,
            Optional<Verdict.Trusted> report,
            GatewayKeys keys,
            Checkpoint checkpoint,
            JsonElement recovery,
            JsonElement stateKey) {
        return new GatewayJudgement(
                checks,
                report.filter(trusted -> checks.stream().allMatch(Check::passed))
                        .map(trusted ->
                                new VerifiedGateway(keys, checkpoint, trusted.simulated(), recovery, stateKey)));
    }

    /** This judgement and one check more; a failed one takes the gateway away. */
    public GatewayJudgement and(Check check) {
        var all = new ArrayList<>(checks);
        all.add(check);
        return new GatewayJudgement(all, check.passed() ? gateway : Optional.empty());
    }

    public List<Check> checks() {
        return checks;
    }

    public List<Check> failures() {
        return checks.stream().filter(check -> !check.passed()).toList();
    }

    /** Empty unless every check passed. */
    public Optional<VerifiedGateway> gateway() {
        return gateway;
    }
}
