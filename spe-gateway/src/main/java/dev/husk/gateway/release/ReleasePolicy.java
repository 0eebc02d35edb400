package dev.husk.gateway.release;

import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.attest.PlatformRequirements;
import dev.husk.gateway.contract.State;
import dev.husk.protocol.contract.Contract;
import dev.husk.snp.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The release decision: one pure function ({@code docs/decisions/0002-policy-is-a-pure-function.md}). No clock, no
 * randomness, no I/O; the same arguments give the same answer.
 */
final class ReleasePolicy {
    private ReleasePolicy() {}

    /**
     * Decides whether a sandbox gets the keys of its function's grant for one run.
     *
     * @param verdict on the sandbox's evidence, against the platform that the function names; where the contract has
     *     no such function, it is not looked at
     */
    static Decision decide(Contract contract, State state, Verdict verdict, ReleaseRequest request, Usage usage) {
        var reasons = new ArrayList<Reason>();
        if (state != State.ACTIVE) {
            reasons.add(new Reason("CONTRACT_NOT_ACTIVE", contract.name() + " is " + state.label()));
        }
        var function = contract.function(request.function());
        var grant = contract.grant(request.function());
        if (function.isEmpty() || grant.isEmpty()) {
            reasons.add(new Reason("FUNCTION_UNKNOWN", "no function " + request.function() + " with a grant"));
            return new Decision.Refused(reasons);
        }
        code(function.get(), request, reasons);
        platform(contract, function.get(), verdict, request, reasons);
        binding(contract, request, reasons);
        caller(grant.get(), request, reasons);
        parameters(grant.get(), request, reasons);
        limits(grant.get(), request, usage, reasons);
        for (var read : grant.get().reads()) {
            if (!request.deposited().contains(read)) {
                reasons.add(new Reason("KEY_MISSING", "no key of " + read + " is there yet"));
            }
        }
        return reasons.isEmpty()
                ? new Decision.Granted(grant.get(), request.caller(), request.parameters())
                : new Decision.Refused(reasons);
    }

    private static void code(Contract.Function function, ReleaseRequest request, List<Reason> reasons) {
        if (request.plain()) {
            reasons.add(new Reason("BOUND_AS_PLAIN", "no active contract named this code when the sandbox started"));
        }
        if (request.binding() == Contract.Binding.INITDATA) {
            return; // The init-data pin the code, and the verdict holds them against the platform's list.
        }
        if (!function.code().equals(request.code())) {
            reasons.add(new Reason(
                    "CODE_MISMATCH",
                    "the sandbox runs %s, the contract names %s".formatted(request.code(), function.code())));
        }
        if (!function.entry().equals(request.entry())) {
            reasons.add(new Reason(
                    "ENTRY_MISMATCH",
                    "the sandbox enters at %s, the contract names %s".formatted(request.entry(), function.entry())));
        }
    }

    private static void platform(
            Contract contract,
            Contract.Function function,
            Verdict verdict,
            ReleaseRequest request,
            List<Reason> reasons) {
        var platform = contract.platform(function.platform()).orElseThrow();
        if (platform.binding() != request.binding()) {
            reasons.add(new Reason(
                    "BINDING_MISMATCH",
                    "platform %s asks for %s binding, the sandbox has %s"
                            .formatted(platform.name(), label(platform.binding()), label(request.binding()))));
        }
        if (platform.binding() == Contract.Binding.INITDATA
                && PlatformRequirements.of(platform).pins().isEmpty()) {
            reasons.add(new Reason(
                    "INIT_DATA_UNPINNED",
                    "platform " + platform.name() + " lists no init-data, so nothing says which code runs there"));
        }
        if (verdict instanceof Verdict.Rejected rejected) {
            rejected.reasons()
                    .forEach(reason ->
                            reasons.add(new Reason("PLATFORM_" + reason.code().name(), reason.detail())));
        }
    }

    private static String label(Contract.Binding binding) {
        return binding.name().toLowerCase(Locale.ROOT);
    }

    private static void binding(Contract contract, ReleaseRequest request, List<Reason> reasons) {
        boolean elsewhere = request.boundContract().isPresent()
                && !request.boundContract().get().equals(contract.name());
        boolean other = request.boundFunction().isPresent()
                && !request.boundFunction().get().equals(request.function());
        if (elsewhere || other) {
            reasons.add(new Reason("BOUND_ELSEWHERE", "one sandbox serves one function of one contract"));
        }
    }

    private static void caller(Contract.Grant grant, ReleaseRequest request, List<Reason> reasons) {
        if (grant.callers().isAny()) {
            return;
        }
        if (request.caller().isEmpty()) {
            reasons.add(new Reason("CALLER_UNKNOWN", "the request is signed by no party that may call this function"));
        } else if (!grant.callers().allows(request.caller().get())) {
            reasons.add(new Reason("CALLER_DENIED", request.caller().get() + " may not call this function"));
        }
    }

    private static void parameters(Contract.Grant grant, ReleaseRequest request, List<Reason> reasons) {
        for (var name : request.parameters().keySet()) {
            var bound = grant.parameters().get(name);
            if (bound == null) {
                reasons.add(new Reason("PARAMETER_UNKNOWN", "the contract has no parameter " + name));
            } else if (!bound.allows(request.parameters().get(name))) {
                reasons.add(new Reason("PARAMETER_OUT_OF_BOUNDS", "parameter " + name + " must be " + bound.inWords()));
            }
        }
    }

    private static void limits(Contract.Grant grant, ReleaseRequest request, Usage usage, List<Reason> reasons) {
        var limits = grant.limits();
        if (limits.runs().isPresent() && usage.runs() >= limits.runs().get()) {
            reasons.add(new Reason("RUNS_SPENT", "all " + limits.runs().get() + " runs were used"));
        }
        if (limits.perDay().isPresent() && usage.today() >= limits.perDay().get()) {
            reasons.add(new Reason("DAY_SPENT", "all " + limits.perDay().get() + " runs of today were used"));
        }
        if (limits.until().isPresent() && !request.now().isBefore(limits.until().get())) {
            reasons.add(new Reason(
                    "TIME_PAST", "the grant ended at " + limits.until().get()));
        }
    }
}
