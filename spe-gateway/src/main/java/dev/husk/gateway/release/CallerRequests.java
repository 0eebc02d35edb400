package dev.husk.gateway.release;

import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.log.Spent;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.seal.AnswerKey;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.SealedRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads callers' requests: out of their envelopes, and against the keys of the contract. In the caller's transaction. */
@ApplicationScoped
public class CallerRequests {
    @Inject
    private InvocationKeys keys;

    @Inject
    private Spent spent;

    /**
     * What came of reading a request.
     *
     * @param invocation empty where nobody signed, or it does not count
     * @param problems why it does not count
     * @param answerKey where it was sealed and its envelope opened; the receiver wipes it
     */
    record Read(Optional<Invocation> invocation, List<Reason> problems, Optional<AnswerKey> answerKey) {
        /** What its use takes from the log. */
        Optional<String> digest(Contract contract) {
            return invocation.map(one -> CallerRequests.digest(contract, one));
        }
    }

    /** The caller's statement, out of its envelope where it came in one. */
    private record Opened(String jws, Optional<AnswerKey> answerKey, Optional<Reason> problem) {}

    Read read(Asked asked, Contract contract, Instant now) {
        var opened = asked.sealed() ? open(asked) : new Opened(asked.invocation(), Optional.empty(), Optional.empty());
        if (opened.problem().isPresent() || asked.invocation().isEmpty()) {
            return new Read(Optional.empty(), opened.problem().stream().toList(), opened.answerKey());
        }
        var read = Invocation.verify(opened.jws(), contract, asked.function(), now);
        var problem = read.problem()
                .or(() -> read.invocation()
                        .filter(invocation -> spent.contains(digest(contract, invocation)))
                        .map(replayed -> new Reason("REPLAYED", "this signed request was used before")));
        return new Read(read.invocation(), problem.stream().toList(), opened.answerKey());
    }

    private Opened open(Asked asked) {
        var pair = keys.pair(asked.contract(), asked.function());
        if (pair.isEmpty()) {
            return unreadable("nobody has fetched an invocation key of this function yet");
        }
        try (var key = pair.get();
                var opened = SealedRequest.open(key, asked.contract(), asked.function(), asked.envelope())) {
            byte[] answerKey = opened.answerKey().copy();
            var jws = new String(opened.plaintext(), StandardCharsets.US_ASCII);
            var all = new Opened(jws, Optional.of(AnswerKey.of(answerKey)), Optional.empty());
            Arrays.fill(answerKey, (byte) 0);
            return all;
        } catch (EnvelopeException e) {
            return unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static Opened unreadable(String why) {
        return new Opened("", Optional.empty(), Optional.of(new Reason("SEALED_UNREADABLE", why)));
    }

    private static String digest(Contract contract, Invocation invocation) {
        return Spent.digest("invocation", contract.name(), invocation.party(), invocation.nonce());
    }
}
