package dev.husk.gateway.contract;

import dev.husk.protocol.contract.Contract;
import java.util.List;

/**
 * A contract as the gateway holds it.
 *
 * @param accepted parties that have accepted these bytes
 * @param awaited who must still accept it before it counts, those of the version that it replaces included
 * @param resuming parties that have agreed to resume since it was suspended last
 * @param stopped index of the last event of this contract's name that ended all leases under it, or -1
 */
public record Agreement(
        Contract contract,
        State state,
        List<String> accepted,
        List<String> resuming,
        List<String> awaited,
        long stopped) {}
