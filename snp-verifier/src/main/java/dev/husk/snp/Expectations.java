package dev.husk.snp;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a report must show. Every component is required, so nothing goes unchecked because it was left out.
 *
 * @param reportData 64 bytes, always exact
 * @param minimumTcb per product, held against reported, committed and launch TCB; a product without one is denied;
 *     empty only where {@code any} was written
 * @param debug whether the debug policy bit may be set
 * @param smt what the policy bit must be; empty for any
 * @param chips chip ids; a masked id (all zero) never is on the list
 * @param providers names of clouds (cspID) whose VLEKs are accepted; the empty set accepts no VLEK
 * @param simulated whether the report must come from the simulator (true) or from hardware (false)
 */
public record Expectations(
        boolean simulated,
        Bytes reportData,
        Allowed<Product> products,
        Allowed<Bytes> measurements,
        Allowed<Bytes> hostData,
        Optional<Map<Product, TcbVersion>> minimumTcb,
        boolean debug,
        boolean migrationAgent,
        Optional<Boolean> smt,
        Optional<Boolean> singleSocket,
        Allowed<Bytes> chips,
        Allowed<Integer> vmpl,
        Set<String> providers) {

    public Expectations {
        if (reportData.length() != 64) {
            throw new IllegalArgumentException("report data has 64 bytes");
        }
        minimumTcb = minimumTcb.map(Map::copyOf);
        providers = Set.copyOf(providers);
    }
}
