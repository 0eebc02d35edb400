package dev.husk.protocol.log;

import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a witness cosigns (C2SP {@code tlog-witness}, {@code add-checkpoint}): the decision alone. Immutable.
 *
 * <p>Whoever uses it must make the judgement and the record of its outcome one step for each log, and must have the record
 * on disk before the cosignature leaves.
 */
public final class WitnessRules {
    private final WitnessKey own;
    private final Map<String, List<VerifierKey>> logs;

    /** @param logs the keys that are trusted for each origin */
    public WitnessRules(WitnessKey own, Map<String, List<VerifierKey>> logs) {
        this.own = own;
        var copy = new HashMap<String, List<VerifierKey>>();
        logs.forEach((origin, keys) -> copy.put(origin, List.copyOf(keys)));
        this.logs = Map.copyOf(copy);
    }

    /** The keys that are trusted for an origin; empty if it is unknown. */
    public List<VerifierKey> keys(String origin) {
        return Optional.ofNullable(logs.get(origin)).orElse(List.of());
    }

    /** What stands in the place of a record where none was ever cosigned. */
    public static Checkpoint nothing(String origin) {
        return Checkpoint.of(origin, 0, MerkleHash.empty());
    }

    /** @param latest what was cosigned last for the origin of the request, or {@link #nothing} */
    public WitnessVerdict judge(AddCheckpoint request, Checkpoint latest) {
        var checkpoint = request.checkpoint();
        var keys = keys(checkpoint.origin());
        if (keys.isEmpty()) {
            return new WitnessVerdict.UnknownLog();
        }
        boolean signed = false;
        for (var key : keys) {
            var standing = checkpoint.standing(key);
            if (standing == Note.Standing.FORGED) {
                return new WitnessVerdict.NotSigned();
            }
            signed |= standing == Note.Standing.SIGNED;
        }
        if (!signed) {
            return new WitnessVerdict.NotSigned();
        }
        boolean same = checkpoint.size() == latest.size() && MessageDigest.isEqual(checkpoint.root(), latest.root());
        if (checkpoint.cosignedAt(own).isPresent() && checkpoint.size() >= latest.size() && !same) {
            return new WitnessVerdict.Forgotten(checkpoint.size());
        }
        if (request.old() != latest.size()) {
            return new WitnessVerdict.Stale(latest.size());
        }
        return grew(request, latest);
    }

    private static WitnessVerdict grew(AddCheckpoint request, Checkpoint latest) {
        var checkpoint = request.checkpoint();
        if (checkpoint.size() == 0 && !MessageDigest.isEqual(checkpoint.root(), MerkleHash.empty())) {
            return new WitnessVerdict.Inconsistent("the empty tree has another root");
        }
        if (request.old() == 0) {
            return request.proof().isEmpty()
                    ? new WitnessVerdict.Grew()
                    : new WitnessVerdict.Inconsistent("from nothing there is nothing to prove");
        }
        if (request.old() == checkpoint.size() && !MessageDigest.isEqual(checkpoint.root(), latest.root())) {
            return new WitnessVerdict.Inconsistent("another root for the same size");
        }
        return Consistency.verify(request.old(), checkpoint.size(), request.proof(), latest.root(), checkpoint.root())
                ? new WitnessVerdict.Grew()
                : new WitnessVerdict.Inconsistent("the consistency proof does not verify");
    }
}
