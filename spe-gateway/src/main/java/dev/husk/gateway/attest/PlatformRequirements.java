package dev.husk.gateway.attest;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.AllowList;
import dev.husk.protocol.contract.Contract;
import dev.husk.snp.Allowed;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.MalformedExpectationsException;
import dev.husk.snp.azure.AzureExpectations;
import dev.husk.snp.azure.InitDataPcr;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a platform of a contract asks of evidence, as the verifiers take it. A platform that says {@code pcrs} is one of
 * Azure's kind, every other is of the processor's own reports.
 */
public final class PlatformRequirements {
    private static final String PCRS = "pcrs";

    private final Contract.Platform platform;
    private final JsonObject json;

    private PlatformRequirements(Contract.Platform platform) {
        this.platform = platform;
        this.json = platform.json();
    }

    public static PlatformRequirements of(Contract.Platform platform) {
        return new PlatformRequirements(platform);
    }

    boolean azure() {
        return json.has(PCRS);
    }

    /** The init-data that the platform names, by where the hardware vouches for them; empty where it pins none. */
    public Optional<Set<Bytes>> pins() {
        if (azure()) {
            return json.get(PCRS) instanceof JsonObject pcrs && pcrs.has(InitDataPcr.NUMBER + "")
                    ? Optional.of(values(pcrs, InitDataPcr.NUMBER + ""))
                    : Optional.empty();
        }
        if (platform.hostData().kind() != AllowList.Kind.ONLY) {
            return Optional.empty();
        }
        var pins = new HashSet<Bytes>();
        platform.hostData().values().forEach(hex -> pins.add(Bytes.fromHex(hex)));
        return Optional.of(pins);
    }

    Expectations expectations(Bytes reportData) {
        var snp = json.deepCopy();
        snp.remove(PCRS);
        if (!platform.simulated()) {
            snp.addProperty("tee", "snp");
        }
        try {
            return Expectations.parse(snp, Allowed.only(Set.of(reportData)));
        } catch (MalformedExpectationsException e) {
            throw new IllegalStateException("a contract has a platform that no report can be held against", e);
        }
    }

    /** The quote's nonce is what REPORT_DATA holds elsewhere, without the zeros behind the hash. */
    AzureExpectations azureExpectations(Bytes reportData) {
        var pcrs = new HashMap<Integer, Allowed<Bytes>>();
        if (json.get(PCRS) instanceof JsonObject named) {
            named.keySet().stream()
                    .filter(name -> !name.equals("others"))
                    .forEach(name -> pcrs.put(Integer.valueOf(name), Allowed.only(values(named, name))));
        }
        return azure(expectations(reportData), reportData, pcrs);
    }

    static AzureExpectations azure(Expectations report, Bytes reportData, Map<Integer, Allowed<Bytes>> pcrs) {
        return new AzureExpectations(
                report,
                Allowed.only(Set.of(reportData.slice(0, 48))),
                Allowed.any(),
                AzureExpectations.acceptingAnyOtherPcr(pcrs));
    }

    private static Set<Bytes> values(JsonObject pcrs, String name) {
        var values = new HashSet<Bytes>();
        pcrs.getAsJsonArray(name).forEach(value -> values.add(Bytes.fromHex(value.getAsString())));
        return values;
    }
}
