package dev.husk.cli.gateway;

/**
 * A gateway that has lost its state key and passed every check that can be made of it. Only a judgement makes one, so a
 * share cannot be handed to a machine that nobody looked at.
 */
public final class RecoveringGateway {
    private final byte[] key;
    private final boolean simulated;

    RecoveringGateway(byte[] key, boolean simulated) {
        this.key = key.clone();
        this.simulated = simulated;
    }

    /** X25519, 32 bytes: what shares are sealed to. */
    public byte[] key() {
        return key.clone();
    }

    /** Whether its hardware is a simulator's: then nothing is protected from whoever runs it. */
    public boolean simulated() {
        return simulated;
    }
}
