package dev.husk.cli.gateway;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.AllowList;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.snp.Allowed;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.MalformedExpectationsException;
import dev.husk.snp.Product;
import dev.husk.snp.TrustAnchors;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a party pinned: the platform that its gateway must run on, in the words of contracts, and for a simulated one
 * the root that vouches for it.
 *
 * @param simulatedRoot there exactly when the platform is simulated
 * @param peers what may have the gateway's state key besides those like itself
 */
public record ReferenceValues(Platform platform, Optional<X509Certificate> simulatedRoot, Optional<Platform> peers) {
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

    /**
     * In what a platform, by its JSON, allows machines to have the state key that are not accepted: members in which it
     * is laxer than the pinned one. Empty where that one, or {@link #peers}, allows all that it does.
     */
    Set<String> laxer(JsonObject peer) {
        return peers.filter(accepted -> Laxity.of(peer, accepted.json()).isEmpty())
                        .isPresent()
                ? Set.of()
                : Laxity.of(peer, platform.json());
    }

    TrustAnchors anchors() {
        return simulatedRoot
                .map(root -> TrustAnchors.amd().andSimulated(root, SIMULATED_PRODUCT))
                .orElseGet(TrustAnchors::amd);
    }

    Expectations expectations(Bytes reportData) {
        try {
            return Expectations.parse(platform.json(), Allowed.only(Set.of(reportData)));
        } catch (MalformedExpectationsException e) {
            throw new IllegalStateException("a platform that was parsed cannot be read", e);
        }
    }

    /** What is pinned, a line each; what is not checked says so. */
    public List<String> explain() {
        var platformLine = platform.simulated()
                ? "SIMULATED hardware, which protects nothing from whoever runs the gateway"
                : "AMD SEV-SNP, certified by AMD's own root";
        var lines = new ArrayList<>(List.of(
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
                "keys of the ID block: " + words(platform.idKeys()) + "; of its author: "
                        + words(platform.authorKeys()),
                "chips: " + words(platform.chips()),
                "clouds whose keys (VLEK) count: "
                        + (platform.providers().isEmpty()
                                ? "none"
                                : String.join(", ", new java.util.TreeSet<>(platform.providers()))),
                "privilege level (VMPL): " + words(platform.vmpl())));
        peers.ifPresent(peer -> lines.add("its state key may also go to: %s, measurement %s, host data %s"
                .formatted(
                        peer.simulated() ? "SIMULATED hardware" : "AMD SEV-SNP",
                        words(peer.measurements()),
                        words(peer.hostData()))));
        return lines;
    }

    private static String words(AllowList list) {
        return list.isAny() ? "any, NOT CHECKED" : list.toString();
    }
}
