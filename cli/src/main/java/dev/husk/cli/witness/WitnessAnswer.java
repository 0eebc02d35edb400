package dev.husk.cli.witness;

import dev.husk.protocol.log.AddCheckpoint;

/** An HTTP answer of a witness. */
record WitnessAnswer(int status, String type, String body) {
    static WitnessAnswer text(int status, String body) {
        return new WitnessAnswer(status, "text/plain; charset=utf-8", body);
    }

    static WitnessAnswer size(long size) {
        return new WitnessAnswer(409, AddCheckpoint.SIZE_TYPE, size + "\n");
    }
}
