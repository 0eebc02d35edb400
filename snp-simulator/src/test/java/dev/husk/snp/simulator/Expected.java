package dev.husk.snp.simulator;

import dev.husk.snp.Allowed;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.PlatformRules;
import dev.husk.snp.PolicyRules;
import dev.husk.snp.Product;
import dev.husk.snp.RequiredBit;
import dev.husk.snp.TcbVersion;
import java.util.Map;
import java.util.Set;

/** What a judge must find in a report of the simulator: every member is checked, none is open. */
final class Expected {
    private Expected() {}

    static Expectations of(boolean simulated, SimulatedProcessor processor, byte[] reportData) {
        return Expectations.builder()
                .simulated(simulated)
                .reportData(Allowed.only(Set.of(Bytes.copyOf(reportData))))
                .products(Allowed.only(Set.of(Product.GENOA)))
                .measurements(Allowed.only(Set.of(Bytes.copyOf(new byte[48]))))
                .hostData(Allowed.only(Set.of(Bytes.copyOf(new byte[32]))))
                .minimumTcb(Map.of(Product.GENOA, new TcbVersion(0, 9, 0, 23, 72)))
                .policy(new PolicyRules(false, false, RequiredBit.SET, RequiredBit.CLEAR, RequiredBit.CLEAR))
                .platformInfo(new PlatformRules(
                        RequiredBit.SET,
                        RequiredBit.CLEAR,
                        RequiredBit.SET,
                        RequiredBit.CLEAR,
                        RequiredBit.CLEAR,
                        RequiredBit.SET,
                        RequiredBit.CLEAR))
                .idKeys(Allowed.only(Set.of(Bytes.copyOf(new byte[48]))))
                .authorKeys(Allowed.only(Set.of(Bytes.copyOf(new byte[48]))))
                .chips(Allowed.only(Set.of(Bytes.copyOf(processor.chipId()))))
                .vmpl(Allowed.only(Set.of(0)))
                .providers(Set.of())
                .build();
    }
}
