package dev.husk.snp.azure;

import dev.husk.snp.Allowed;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * What evidence of an Azure VM must show. Every component is required, and every PCR is named, so nothing goes
 * unchecked because it was left out.
 *
 * @param report what the processor's report must show; what it says of report data is replaced, since here
 *     they must be the hash of the variable data. Whatever it says of VMPL, only level 0 is the paravisor's
 * @param nonce the quote's extra data: the caller's freshness. {@code any} accepts a replay
 * @param userData the 64 bytes that the paravisor was to put into the variable data; a paravisor that put none fails
 *     unless {@code any} is written
 * @param pcrs for each PCR from 0 to 23 its accepted values of 32 bytes; one that is not in the quote fails unless
 *     {@code any} is written
 */
public record AzureExpectations(
        Expectations report, Allowed<Bytes> nonce, Allowed<Bytes> userData, Map<Integer, Allowed<Bytes>> pcrs) {

    public AzureExpectations {
        pcrs = new TreeMap<>(pcrs);
        for (int i = 0; i < VtpmQuote.PCRS; i++) {
            if (!pcrs.containsKey(i)) {
                throw new IllegalArgumentException("nothing is said of PCR " + i);
            }
        }
        if (pcrs.size() != VtpmQuote.PCRS) {
            throw new IllegalArgumentException("PCRs have the numbers 0 to 23");
        }
        pcrs = Map.copyOf(pcrs);
    }

    /** Fills {@code some} up: every PCR that it does not name may have any value. */
    public static Map<Integer, Allowed<Bytes>> acceptingAnyOtherPcr(Map<Integer, Allowed<Bytes>> some) {
        var all = new HashMap<>(some);
        for (int i = 0; i < VtpmQuote.PCRS; i++) {
            all.putIfAbsent(i, Allowed.any());
        }
        return Map.copyOf(all);
    }

    Allowed<Bytes> pcr(int number) {
        return Objects.requireNonNull(pcrs.get(number));
    }

    /** The report's expectations with the report data that binds the variable data. */
    Expectations binding(Bytes reportData) {
        return report.withReportData(Allowed.only(Set.of(reportData)));
    }
}
