package dev.husk.gateway.log;

import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.WitnessPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;

/** Reads the operator's C2SP {@code tlog-policy} file. */
public final class WitnessFile {
    /** So many cosignatures leave room on a checkpoint for others that no one here knows. */
    private static final int MAX = 32;

    private WitnessFile() {}

    /** @throws IllegalStateException saying what is wrong with it */
    public static WitnessPolicy read(Path file) {
        WitnessPolicy policy;
        try {
            policy = WitnessPolicy.parse(Files.readAllBytes(file));
        } catch (MalformedLogException e) {
            throw new IllegalStateException("HUSK_WITNESSES: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalStateException("HUSK_WITNESSES cannot be read: " + e, e);
        }
        if (policy.witnesses().size() > MAX) {
            throw new IllegalStateException("HUSK_WITNESSES: more than " + MAX + " witnesses");
        }
        var marks = new HashSet<String>();
        for (var witness : policy.witnesses()) {
            try {
                WitnessLine.prefix(witness);
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException("HUSK_WITNESSES: " + e.getMessage(), e);
            }
            var key = witness.key().text();
            // What stands on a signature's line: name, and four bytes of a hash that anybody can aim at.
            if (!marks.add(key.substring(0, key.lastIndexOf('+')))) {
                throw new IllegalStateException("HUSK_WITNESSES: the key of " + witness.name()
                        + " cannot be told from another one in signed notes");
            }
        }
        return policy;
    }
}
