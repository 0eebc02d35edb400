package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.attest.Sandbox;
import dev.husk.gateway.attest.Verifier;
import dev.husk.gateway.contract.Agreement;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.protocol.contract.Contract;
import dev.husk.snp.Reason;
import dev.husk.snp.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Gathers what {@link ReleasePolicy} decides about. In the caller's transaction. */
@ApplicationScoped
public class Decisions {
    @Inject
    private Verifier verifier;

    @Inject
    private DataKeys dataKeys;

    Decision decide(
            Agreement agreement,
            Sandbox sandbox,
            String function,
            Optional<String> caller,
            JsonObject parameters,
            Usage usage,
            Instant now) {
        var contract = agreement.contract();
        var request = new ReleaseRequest(
                function,
                sandbox.bound().kind(),
                sandbox.code(),
                sandbox.entry(),
                sandbox.plain(),
                sandbox.contract(),
                sandbox.function(),
                caller,
                parameters,
                deposited(contract),
                now);
        return ReleasePolicy.decide(contract, agreement.state(), verdict(sandbox, contract, function), request, usage);
    }

    /** On the sandbox's evidence, against the platform that a function names. */
    Verdict verdict(Sandbox sandbox, Contract contract, String function) {
        return contract.function(function)
                .flatMap(named -> contract.platform(named.platform()))
                .map(platform -> verifier.judge(sandbox.evidence(), platform))
                .orElseGet(() -> new Verdict.Rejected(
                        List.of(new Reason(Reason.Code.MEASUREMENT_UNKNOWN, "no platform is named"))));
    }

    private Set<String> deposited(Contract contract) {
        var there = new HashSet<String>();
        contract.datasets().forEach(dataset -> there.add(dataset.name()));
        contract.results().forEach(result -> there.add(result.name()));
        there.removeIf(name -> dataKeys.digest(contract.name(), name).isEmpty());
        return there;
    }
}
