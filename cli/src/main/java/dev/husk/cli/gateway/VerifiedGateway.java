package dev.husk.cli.gateway;

import dev.husk.protocol.log.Checkpoint;

/**
 * A gateway that passed every check. Only a judgement makes one, so a method that takes one cannot hand a secret to a
 * gateway that nobody looked at.
 */
public final class VerifiedGateway {
    private final GatewayKeys keys;
    private final Checkpoint checkpoint;
    private final boolean simulated;

    VerifiedGateway(GatewayKeys keys, Checkpoint checkpoint, boolean simulated) {
        this.keys = keys;
        this.checkpoint = checkpoint;
        this.simulated = simulated;
    }

    public GatewayKeys keys() {
        return keys;
    }

    /** The head of its log, signed by its log key and covered by its evidence. */
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /** Whether its hardware is a simulator's: then nothing is protected from whoever runs it. */
    public boolean simulated() {
        return simulated;
    }
}
