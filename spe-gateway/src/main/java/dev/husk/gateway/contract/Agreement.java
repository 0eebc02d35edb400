package dev.husk.gateway.contract;

import dev.husk.protocol.contract.Contract;
import java.util.List;

/**
 * A contract as the gateway holds it.
 *
 * @param accepted parties that have accepted these bytes
 * @param resuming parties that have agreed to resume since it was suspended last
 */
public record Agreement(Contract contract, State state, List<String> accepted, List<String> resuming) {}
