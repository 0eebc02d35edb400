package dev.husk.gateway.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.snp.Verdict;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.statistics.Statistics;

/** The decision against an oracle that reads the contract by itself, and the laws that every decision keeps. */
class ReleasePolicyPropertyTest {
    private static final Verdict TRUSTED = trusted();

    private static Verdict trusted() {
        try {
            return SimulatedVerdict.trusted();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Decision decide(Contract contract, RandomRelease release, Usage usage) {
        return ReleasePolicy.decide(
                contract,
                release.state,
                release.rejections.isEmpty()
                        ? TRUSTED
                        : new Verdict.Rejected(release.rejections.stream()
                                .map(code -> new dev.husk.snp.Reason(code, "says the test"))
                                .toList()),
                release.request,
                usage);
    }

    private static List<String> codes(Decision decision) {
        return decision instanceof Decision.Refused refused
                ? refused.reasons().stream().map(Reason::code).toList()
                : List.of();
    }

    @Property(tries = 3000)
    void aReleaseIsGrantedExactlyWhereEveryClauseHoldsAndEveryFailingOneIsNamed(@ForAll long seed)
            throws InvalidContractException {
        var release = new RandomRelease(seed);
        var decision = decide(Contract.parse(release.contract), release, release.usage);
        var failing = release.oracle().failing();
        assertThat(codes(decision)).containsExactlyInAnyOrderElementsOf(failing);
        assertThat(decision instanceof Decision.Granted).isEqualTo(failing.isEmpty());
        if (decision instanceof Decision.Granted granted) {
            assertThat(granted.grant().function()).isEqualTo(release.request.function());
            assertThat(granted.caller()).isEqualTo(release.request.caller());
            assertThat(granted.parameters()).isEqualTo(release.request.parameters());
        }
        // Without both kinds in plenty the rest would say little.
        Statistics.label("failing clauses").collect(Math.min(3, failing.size())).coverage(coverage -> {
            coverage.check(0).percentage(share -> share > 10);
            coverage.check(1).percentage(share -> share > 10);
            coverage.check(2).percentage(share -> share > 10);
            coverage.check(3).percentage(share -> share > 5);
        });
    }

    @Property
    void theOrderInWhichAContractIsWrittenMakesNoDifference(@ForAll long seed, @ForAll long order)
            throws InvalidContractException {
        var release = new RandomRelease(seed);
        var decision = decide(Contract.parse(release.contract), release, release.usage);
        var other = Contract.parse(RandomRelease.shuffled(release.contract, new Random(order)));
        var again = decide(other, release, release.usage);
        assertThat(codes(again)).containsExactlyInAnyOrderElementsOf(codes(decision));
        assertThat(again.getClass()).isEqualTo(decision.getClass());
    }

    @Property
    void spendingMoreNeverTurnsARefusalIntoAGrant(
            @ForAll long seed, @ForAll @LongRange(max = 20) long more, @ForAll @LongRange(max = 20) long moreToday)
            throws InvalidContractException {
        var release = new RandomRelease(seed);
        var contract = Contract.parse(release.contract);
        var before = decide(contract, release, release.usage);
        var after =
                decide(contract, release, new Usage(release.usage.runs() + more, release.usage.today() + moreToday));
        assertThat(codes(after)).containsAll(codes(before));
        if (before instanceof Decision.Refused) {
            assertThat(after).isInstanceOf(Decision.Refused.class);
        }
    }

    @Property
    void theSameArgumentsGiveTheSameAnswerAndStayAsTheyWere(@ForAll long seed) throws InvalidContractException {
        var release = new RandomRelease(seed);
        var contract = Contract.parse(release.contract);
        var parameters = release.request.parameters().deepCopy();
        var decision = decide(contract, release, release.usage);
        assertThat(decide(contract, release, release.usage)).isEqualTo(decision);
        assertThat(release.request.parameters()).isEqualTo(parameters);
        assertThat(contract).isEqualTo(Contract.parse(release.contract));
    }
}
