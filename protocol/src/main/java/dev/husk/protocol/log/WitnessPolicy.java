package dev.husk.protocol.log;

import dev.husk.protocol.contract.Contract;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which witnesses there are and how many of them must have cosigned (C2SP {@code tlog-policy}). Immutable.
 *
 * <p>What it does not do: look at how old a cosignature is; {@link Judgement#newest} tells.
 */
public final class WitnessPolicy {
    /**
     * Someone who cosigns.
     *
     * @param name what the policy calls it; the name in its key is another matter
     * @param url its submission prefix, where the policy has one
     */
    public record Witness(String name, WitnessKey key, Optional<URI> url) {}

    /**
     * What the cosignatures of a checkpoint come to.
     *
     * @param cosigned when each witness cosigned, by the policy's name for it, in seconds of POSIX
     * @param forged in whose name there are cosignatures that do not verify
     * @param enough whether the quorum cosigned and nothing is forged
     */
    public record Judgement(Map<String, Long> cosigned, List<String> forged, boolean enough) {
        public Judgement {
            cosigned = Map.copyOf(cosigned);
            forged = List.copyOf(forged);
        }

        /** The newest time of a cosignature that counts. Its witness's clock says so. */
        public OptionalLong newest() {
            return cosigned.values().stream().mapToLong(Long::longValue).max();
        }
    }

    /** Witnesses and groups, as quorums and groups are made of. */
    sealed interface Member {}

    record Single(String witness) implements Member {}

    record Group(int threshold, List<Member> members) implements Member {
        Group {
            members = List.copyOf(members);
        }
    }

    private static final Group NONE = new Group(0, List.of());

    private final List<VerifierKey> logs;
    private final List<Witness> witnesses;
    private final Member quorum;

    WitnessPolicy(List<VerifierKey> logs, List<Witness> witnesses, Member quorum) {
        this.logs = List.copyOf(logs);
        this.witnesses = List.copyOf(witnesses);
        this.quorum = quorum;
    }

    /** No witness, and none is asked for: {@code quorum none}. */
    public static WitnessPolicy none() {
        return new WitnessPolicy(List.of(), List.of(), NONE);
    }

    /**
     * A number of witnesses, whichever they are.
     *
     * @throws IllegalArgumentException for a quorum that they cannot reach, and for a name or key that stands there twice
     */
    public static WitnessPolicy of(int quorum, List<Witness> witnesses) {
        if (quorum < 0 || quorum > witnesses.size()) {
            throw new IllegalArgumentException("a quorum of " + quorum + " of " + witnesses.size());
        }
        if (witnesses.stream().map(Witness::name).distinct().count() != witnesses.size()
                || witnesses.stream()
                                .map(witness -> NoteLines.base64(witness.key().publicKey()))
                                .distinct()
                                .count()
                        != witnesses.size()) {
            throw new IllegalArgumentException("a witness counts once");
        }
        var members = new ArrayList<Member>();
        witnesses.forEach(witness -> members.add(new Single(witness.name())));
        return new WitnessPolicy(List.of(), witnesses, new Group(quorum, members));
    }

    /** What a contract asks for; its witnesses are called by their keys, and none has a URL. */
    public static WitnessPolicy of(Contract.Witnesses asked) {
        return of(
                asked.quorum(),
                asked.keys().stream()
                        .map(key -> new Witness(key, WitnessKey.parse(key), Optional.empty()))
                        .toList());
    }

    /**
     * Reads a policy file.
     *
     * @throws MalformedLogException naming the line that does not follow the format
     */
    public static WitnessPolicy parse(byte[] file) throws MalformedLogException {
        return new PolicyFile().read(file);
    }

    /** The logs that the policy names; those of an application that knows its log may name none. */
    public List<VerifierKey> logs() {
        return logs;
    }

    public List<Witness> witnesses() {
        return witnesses;
    }

    /** Whether the witnesses of these names, as the policy calls them, are a quorum. */
    public boolean isReached(Collection<String> names) {
        return reached(quorum, names);
    }

    /** Judges a checkpoint's cosignatures, and them alone: who signed it for the log is another question. */
    public Judgement judge(Checkpoint checkpoint) {
        var cosigned = new LinkedHashMap<String, Long>();
        var forged = new ArrayList<String>();
        for (var witness : witnesses) {
            switch (checkpoint.standing(witness.key())) {
                case SIGNED ->
                    cosigned.put(
                            witness.name(), checkpoint.cosignedAt(witness.key()).orElseThrow());
                case FORGED -> forged.add(witness.name());
                case ABSENT -> {}
            }
        }
        return new Judgement(cosigned, forged, forged.isEmpty() && reached(quorum, cosigned.keySet()));
    }

    private static boolean reached(Member member, Collection<String> cosigned) {
        if (member instanceof Single single) {
            return cosigned.contains(single.witness());
        }
        var group = (Group) member;
        return group.members().stream().filter(each -> reached(each, cosigned)).count() >= group.threshold();
    }
}
