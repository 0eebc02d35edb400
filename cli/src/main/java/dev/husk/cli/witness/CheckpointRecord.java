package dev.husk.cli.witness;

import dev.husk.protocol.log.Checkpoint;
import java.io.IOException;

/** What a witness cosigned last, of each log. */
interface CheckpointRecord {
    /** With the log's signature and the witness's; {@code WitnessRules.nothing} where there is none. */
    Checkpoint latest(String origin);

    /**
     * Records a cosigned checkpoint.
     *
     * @throws IOException if it is not certain that it is on disk; the cosignature must not leave then
     */
    void keep(Checkpoint cosigned) throws IOException;
}
