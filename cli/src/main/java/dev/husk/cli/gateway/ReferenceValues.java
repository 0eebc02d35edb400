package dev.husk.cli.gateway;

import dev.husk.protocol.contract.AllowList;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.protocol.contract.Contract.Tcb;
import dev.husk.snp.Allowed;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.Product;
import dev.husk.snp.TcbVersion;
import dev.husk.snp.TrustAnchors;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a party pinned: the platform that its gateway must run on, in the words of contracts, and for a simulated one
 * the root that vouches for it.
 *
 * @param simulatedRoot there exactly when the platform is simulated
 */
public record ReferenceValues(Platform platform, Optional<X509Certificate> simulatedRoot) {
    /** What the simulator claims to be. */
    private static final Product SIMULATED_PRODUCT = Product.GENOA;

    public ReferenceValues {
        if (platform.simulated() != simulatedRoot.isPresent()) {
            throw new IllegalArgumentException(
                    platform.simulated()
                            ? "a simulated gateway needs the root certificate of its simulator"
                            : "a root certificate of a simulator does not fit a platform with tee: snp");
        }
    }

    TrustAnchors anchors() {
        return simulatedRoot
                .map(root -> TrustAnchors.amd().andSimulated(root, SIMULATED_PRODUCT))
                .orElseGet(TrustAnchors::amd);
    }

    Expectations expectations(Bytes reportData) {
        var policy = platform.policy();
        return new Expectations(
                platform.simulated(),
                reportData,
                allowed(platform.products(), label -> Product.of(label).orElseThrow()),
                allowed(platform.measurements(), Bytes::fromHex),
                allowed(platform.hostData(), Bytes::fromHex),
                platform.minimumTcb().map(ReferenceValues::minimum),
                policy.debug().orElse(true),
                policy.migrationAgent().orElse(true),
                policy.smt(),
                policy.singleSocket(),
                allowed(platform.chips(), Bytes::fromHex),
                allowed(platform.vmpl(), Integer::valueOf),
                Set.of());
    }

    private static <T> Allowed<T> allowed(AllowList list, Function<String, T> read) {
        return list.isAny()
                ? Allowed.any()
                : Allowed.only(list.values().stream().map(read).collect(Collectors.toSet()));
    }

    private static Map<Product, TcbVersion> minimum(Map<String, Tcb> byLabel) {
        var minimum = new EnumMap<Product, TcbVersion>(Product.class);
        byLabel.forEach((label, tcb) -> minimum.put(
                Product.of(label).orElseThrow(),
                new TcbVersion(tcb.fmc().orElse(0), tcb.bootloader(), tcb.tee(), tcb.snp(), tcb.microcode())));
        return minimum;
    }

    /** What is pinned, a line each; what is not checked says so. */
    public List<String> explain() {
        var platformLine = platform.simulated()
                ? "SIMULATED hardware, which protects nothing from whoever runs the gateway"
                : "AMD SEV-SNP, certified by AMD's own root";
        return List.of(
                "hardware: " + platformLine,
                "processors: " + words(platform.products()),
                "launched software (measurement): " + words(platform.measurements()),
                "host data: " + words(platform.hostData()),
                "oldest firmware: "
                        + platform.minimumTcb()
                                .map(tcb -> String.join(", ", new java.util.TreeSet<>(tcb.keySet())))
                                .orElse("any, NOT CHECKED"),
                "debugging by the host: "
                        + platform.policy()
                                .debug()
                                .map(debug -> debug ? "ALLOWED" : "forbidden")
                                .orElse("any, NOT CHECKED"),
                "chips: " + words(platform.chips()),
                "privilege level (VMPL): " + words(platform.vmpl()));
    }

    private static String words(AllowList list) {
        return list.isAny() ? "any, NOT CHECKED" : list.toString();
    }
}
