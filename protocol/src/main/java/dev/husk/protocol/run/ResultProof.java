package dev.husk.protocol.run;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessPolicy;
import dev.husk.protocol.run.ResultCheck.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * All it takes to check offline where a result comes from: the sandbox's statement, the event that logged it, and the event
 * that bound the sandbox, each with its receipt. Proves nothing until it is judged.
 *
 * <p>What it does not show: that the platform which the contract asks for was met, which the gateway judged before it
 * released a key; and that the result is the newest one.
 */
public record ResultProof(Envelope envelope, RunStatement statement, LoggedEvent run, LoggedEvent binding) {
    private static final String FORMAT = "result-proof/1";

    /** A proof of a large contract's run has some 100 KiB. */
    public static final int MAX_BYTES = 8 << 20;

    /**
     * What the judge already knows, and takes from no proof.
     *
     * @param log the pinned gateway's log key
     * @param contract as the party accepted it
     * @param tag the contract's tag, where the party knows it from the log
     * @param witnesses whose cosignatures are demanded; {@link WitnessPolicy#none} for nobody's
     */
    public record Known(VerifierKey log, Contract contract, Optional<String> tag, WitnessPolicy witnesses) {}

    /** The proof of the run that an event tells of; the envelope is the event's. */
    public static ResultProof of(LoggedEvent run, LoggedEvent binding) throws MalformedRunException {
        var event = new Members("the run's event", run.opening().event());
        if (!(event.json().get("signatures") instanceof com.google.gson.JsonArray signatures)) {
            throw event.malformed("no signatures");
        }
        var envelope = Envelope.of(event.object("statement").json(), signatures);
        return new ResultProof(envelope, RunStatement.parse(envelope.statement()), run, binding);
    }

    public static ResultProof parse(byte[] bytes) throws MalformedRunException {
        try {
            if (Json.parse(bytes, MAX_BYTES) instanceof JsonObject json) {
                return parse(new Members("the proof", json));
            }
            throw new MalformedRunException("the proof: not a JSON object");
        } catch (MalformedJsonException e) {
            throw new MalformedRunException("the proof: " + e.getMessage());
        }
    }

    private static ResultProof parse(Members members) throws MalformedRunException {
        members.only("husk", "envelope", "run", "binding").require("husk", FORMAT);
        var envelope = Envelope.parse(members.object("envelope").json());
        return new ResultProof(
                envelope,
                RunStatement.parse(envelope.statement()),
                LoggedEvent.parse(members.object("run")),
                LoggedEvent.parse(members.object("binding")));
    }

    public JsonObject json() {
        var json = new JsonObject();
        json.addProperty("husk", FORMAT);
        json.add("envelope", envelope.json());
        json.add("run", run.json());
        json.add("binding", binding.json());
        return json;
    }

    /** Whether the evidence was a simulator's, as the log says: then the code in the sandbox could be any. */
    public boolean simulated() {
        return binding.simulated();
    }

    /** The result that has this digest. */
    public Optional<String> result(String digest) {
        return statement.results().stream()
                .filter(result -> result.digest().equals(digest))
                .map(RunStatement.Artifact::name)
                .findFirst();
    }

    /**
     * Judges the proof for one file. It counts only if every check holds; all are made, so that a reader sees everything
     * that is wrong.
     *
     * @param digest {@code sha256:hex} of the sealed object
     */
    public List<ResultCheck> judge(String digest, Known known) {
        var checks = new ArrayList<ResultCheck>();
        checks.add(result(digest)
                .map(name -> new ResultCheck(Code.RESULT, true, "the file is result " + name + ", " + digest))
                .orElseGet(() -> new ResultCheck(
                        Code.RESULT,
                        false,
                        "the file is none of the run's results: it is " + digest + ", the run wrote " + results())));
        checks.add(check(
                Code.RUN_LOGGED,
                run.isIn(known.log()) && run.says("event", "run"),
                "the pinned gateway's log holds the run, as entry "
                        + run.receipt().index(),
                "the pinned gateway's log does not hold this run"));
        checks.add(check(
                Code.STATEMENT_LOGGED,
                isLogged(),
                "the statement is the one that was logged",
                "the statement is not the one that was logged"));
        checks.add(check(
                Code.BINDING_LOGGED,
                binding.isIn(known.log()) && binding.says("event", "sandbox-bound"),
                "it holds the sandbox's binding, as entry " + binding.receipt().index(),
                "the pinned gateway's log does not hold this binding of a sandbox"));
        checks.add(chain(known));
        checks.add(check(
                Code.SIGNATURE,
                boundKey().filter(envelope::isSignedBy).isPresent(),
                "the key that the sandbox was bound with signed the statement",
                "the key that the sandbox was bound with did not sign this statement"));
        checks.add(sandbox());
        checks.add(contract(known.contract()));
        checks.add(code(known.contract()));
        checks.add(data(known.contract()));
        checks.add(granted(known.contract(), result(digest)));
        if (!known.witnesses().witnesses().isEmpty()) {
            checks.add(check(
                    Code.WITNESSES,
                    witnessed(run, known) && witnessed(binding, known),
                    "the witnesses that are demanded cosigned both entries",
                    "fewer witnesses cosigned than are demanded"));
        }
        return checks;
    }

    private String results() {
        return statement.results().isEmpty()
                ? "nothing"
                : statement.results().stream()
                        .map(result -> result.name() + " (" + result.digest() + ")")
                        .collect(Collectors.joining(", "));
    }

    private boolean isLogged() {
        var event = run.opening().event();
        return envelope.statement().equals(event.get("statement"))
                && envelope.signatures().equals(event.get("signatures"));
    }

    private ResultCheck chain(Known known) {
        var tag = run.receipt().leaf().tag();
        boolean own = tag.equals(binding.receipt().leaf().tag())
                && known.tag().map(tag::equals).orElse(true)
                && binding.receipt().leaf().seq() < run.receipt().leaf().seq();
        return check(
                Code.CHAIN,
                own,
                "both stand in one contract's chain, events %d and %d%s"
                        .formatted(
                                binding.receipt().leaf().seq(),
                                run.receipt().leaf().seq(),
                                known.tag().isPresent() ? ", which is the chain that was verified here" : ""),
                "binding and run do not stand in the contract's chain, one after the other");
    }

    private Optional<PartyKey> boundKey() {
        try {
            return Optional.of(PartyKey.parse(binding.text("key")));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // bound by init-data, or an event of another kind
        }
    }

    private ResultCheck sandbox() {
        var by = statement.by();
        return check(
                Code.SANDBOX,
                binding.says("sandbox", by.sandbox())
                        && run.says("sandbox", by.sandbox())
                        && run.says("activation", statement.activation())
                        && binding.says("evidence", by.evidence()),
                "the run is that sandbox's, bound by evidence " + by.evidence() + (simulated() ? " (SIMULATED)" : ""),
                "the run is of another sandbox, or of other evidence, than the binding");
    }

    private ResultCheck contract(Contract contract) {
        return check(
                Code.CONTRACT,
                statement.contract().equals(new RunStatement.ContractRef(contract.name(), contract.id()))
                        && run.says("contract", contract.id()),
                "it ran under the contract that was accepted: %s, version %d, %s"
                        .formatted(contract.name(), contract.version(), contract.id()),
                "it ran under another contract or version, %s: the one accepted is %s"
                        .formatted(statement.contract().id(), contract.id()));
    }

    private ResultCheck code(Contract contract) {
        var code = statement.code();
        var function = contract.function(statement.function())
                .filter(named ->
                        named.code().equals(code.digest()) && named.entry().equals(code.entry()));
        return check(
                Code.CODE,
                function.isPresent() && binding.says("code", code.digest()) && binding.says("entry", code.entry()),
                "the code is what the contract names for %s, and what was measured: %s"
                        .formatted(statement.function(), code.digest()),
                "the code is not what the contract names for %s, or not what was measured: %s"
                        .formatted(statement.function(), code.digest()));
    }

    private ResultCheck data(Contract contract) {
        var granted = contract.grant(statement.function()).map(Contract.Grant::reads);
        var foreign = statement.reads().stream()
                .map(RunStatement.Read::name)
                .filter(name -> !granted.map(reads -> reads.contains(name)).orElse(false))
                .toList();
        return check(
                Code.DATA,
                foreign.isEmpty(),
                "it read "
                        + (statement.reads().isEmpty()
                                ? "nothing"
                                : statement.reads().stream()
                                        .map(ResultProof::words)
                                        .collect(Collectors.joining(", "))),
                "it read what the contract does not let it read: " + String.join(", ", foreign));
    }

    private static String words(RunStatement.Read read) {
        return "%s (%s%s)"
                .formatted(read.name(), read.digest().orElse("no digest"), read.whole() ? "" : ", read in parts");
    }

    private ResultCheck granted(Contract contract, Optional<String> result) {
        boolean granted = result.isPresent()
                && contract.grant(statement.function())
                        .filter(grant -> grant.writes().contains(result.get()))
                        .isPresent();
        return check(
                Code.GRANT,
                granted && statement.success(),
                "the contract lets %s write it, and the run succeeded".formatted(statement.function()),
                granted
                        ? "the run failed"
                        : "the contract does not let %s write this result".formatted(statement.function()));
    }

    private static boolean witnessed(LoggedEvent event, Known known) {
        return event.receipt().provenBy(known.log(), known.witnesses());
    }

    private static ResultCheck check(Code code, boolean holds, String yes, String no) {
        return new ResultCheck(code, holds, holds ? yes : no);
    }
}
