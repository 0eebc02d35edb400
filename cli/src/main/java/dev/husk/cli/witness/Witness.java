package dev.husk.cli.witness;

import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.log.AddCheckpoint;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.WitnessKey;
import dev.husk.protocol.log.WitnessRules;
import dev.husk.protocol.log.WitnessVerdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A witness without its server: judges, records, cosigns, one request at a time, so that no record is ever replaced by an
 * older one. Safe to share between threads.
 */
final class Witness {
    private final WitnessKey own;
    private final PartySigner signer;
    private final WitnessRules rules;
    private final CheckpointRecord record;
    private final Clock clock;
    private final Consumer<String> log;
    private final Map<String, String> origins = new HashMap<>();
    private final Map<String, Checkpoint> newest = new HashMap<>();

    /**
     * @param origins of the logs that the rules know
     * @param log takes one line for whoever runs the witness
     */
    Witness(
            WitnessKey own,
            PartySigner signer,
            WitnessRules rules,
            Set<String> origins,
            CheckpointRecord record,
            Clock clock,
            Consumer<String> log) {
        this.own = own;
        this.signer = signer;
        this.rules = rules;
        this.record = record;
        this.clock = clock;
        this.log = log;
        for (var origin : origins) {
            this.origins.put(hash(origin), origin);
            newest.put(origin, record.latest(origin));
        }
    }

    private static String hash(String origin) {
        return HexFormat.of().formatHex(Digests.sha256().digest(origin.getBytes(StandardCharsets.UTF_8)));
    }

    /** {@code POST add-checkpoint}. */
    WitnessAnswer add(byte[] body) {
        AddCheckpoint request;
        try {
            request = AddCheckpoint.parse(body);
        } catch (MalformedLogException e) {
            return WitnessAnswer.text(400, e.getMessage() + "\n");
        }
        return add(request);
    }

    private synchronized WitnessAnswer add(AddCheckpoint request) {
        var latest = record.latest(request.checkpoint().origin());
        var verdict = rules.judge(request, latest);
        if (verdict instanceof WitnessVerdict.Grew) {
            return cosign(request.checkpoint(), latest);
        }
        if (verdict instanceof WitnessVerdict.Stale stale) {
            return WitnessAnswer.size(stale.size());
        }
        if (verdict instanceof WitnessVerdict.UnknownLog) {
            return WitnessAnswer.text(404, "not a log of this witness\n");
        }
        if (verdict instanceof WitnessVerdict.NotSigned) {
            return WitnessAnswer.text(403, "not signed by the log\n");
        }
        if (verdict instanceof WitnessVerdict.Inconsistent inconsistent) {
            say(request.checkpoint(), "refused, signed by the log: " + inconsistent.reason());
            return WitnessAnswer.text(422, inconsistent.reason() + "\n");
        }
        say(
                request.checkpoint(),
                "carries a cosignature of this witness that its record does not have: it was put back");
        return WitnessAnswer.text(500, "this witness has forgotten what it cosigned\n");
    }

    private WitnessAnswer cosign(Checkpoint checkpoint, Checkpoint latest) {
        long now = clock.instant().getEpochSecond();
        if (now <= 0) {
            say(checkpoint, "not cosigned: this machine's clock is before 1970");
            return WitnessAnswer.text(500, "this witness has no time\n");
        }
        var cosigned = checkpoint.signedBy(rules.keys(checkpoint.origin())).cosign(own.name(), signer, now);
        try {
            // The same text again says nothing new about the log, so it is not worth a write.
            if (!cosigned.hasTextOf(latest) || latest.cosignedAt(own).isEmpty()) {
                record.keep(cosigned);
            }
        } catch (IOException e) {
            say(checkpoint, "not cosigned, the record cannot be written: " + e.getMessage());
            return WitnessAnswer.text(500, "this witness cannot write its record\n");
        }
        newest.put(cosigned.origin(), cosigned);
        return WitnessAnswer.text(200, cosigned.cosignatureLines(own));
    }

    /** {@code GET <origin hash>/checkpoint}: what was cosigned last. */
    synchronized WitnessAnswer checkpoint(String originHash) {
        var origin = origins.get(originHash);
        var checkpoint = origin == null ? null : newest.get(origin);
        return checkpoint == null || checkpoint.cosignedAt(own).isEmpty()
                ? WitnessAnswer.text(404, "nothing cosigned of such a log\n")
                : WitnessAnswer.text(200, checkpoint.text());
    }

    private void say(Checkpoint checkpoint, String what) {
        log.accept("%s size %d root %s: %s"
                .formatted(
                        checkpoint.origin(), checkpoint.size(), HexFormat.of().formatHex(checkpoint.root()), what));
    }
}
