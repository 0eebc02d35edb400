package dev.husk.gateway.log;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** What witnesses say of the log that a gateway starts with. */
public sealed interface StartVerdict {
    /** As many as the policy's quorum have cosigned it now, and none that answered knows of more. */
    record Current() implements StartVerdict {}

    /** Too few answered: it may be older than what was cosigned. */
    record TooFew(List<WitnessTrouble> troubles) implements StartVerdict {
        public TooFew {
            troubles = List.copyOf(troubles);
        }

        /** What is wrong with each witness that gave no cosignature, in the order of their names. */
        public String inWords() {
            return troubles.isEmpty()
                    ? "the log grows faster than this gateway can show it"
                    : troubles.stream()
                            .sorted(Comparator.comparing(WitnessTrouble::witness))
                            .map(trouble -> "%s: %s, %s".formatted(trouble.witness(), trouble.code(), trouble.detail()))
                            .collect(Collectors.joining("; "))
                            .replaceAll("[^\\x20-\\x7e]", "?");
        }
    }

    /** A witness says that it cosigned more entries, or others. */
    record Older(String why) implements StartVerdict {}
}
