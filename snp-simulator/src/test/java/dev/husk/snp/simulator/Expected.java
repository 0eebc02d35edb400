package dev.husk.snp.simulator;

import dev.husk.snp.Allowed;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.Product;
import dev.husk.snp.TcbVersion;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a judge must find in a report of the simulator: every member is checked, none is open. */
final class Expected {
    private Expected() {}

    static Expectations of(boolean simulated, SimulatedProcessor processor, byte[] reportData) {
        return new Expectations(
                simulated,
                Bytes.copyOf(reportData),
                Allowed.only(Set.of(Product.GENOA)),
                Allowed.only(Set.of(Bytes.copyOf(new byte[48]))),
                Allowed.only(Set.of(Bytes.copyOf(new byte[32]))),
                Optional.of(Map.of(Product.GENOA, new TcbVersion(0, 9, 0, 23, 72))),
                false,
                false,
                Optional.of(true),
                Optional.of(false),
                Allowed.only(Set.of(Bytes.copyOf(processor.chipId()))),
                Allowed.only(Set.of(0)),
                Set.of());
    }
}
