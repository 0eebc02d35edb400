package dev.husk.cli;

import com.google.gson.JsonObject;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.snp.Bytes;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.MalformedEvidenceException;
import dev.husk.snp.guest.EvidenceSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Evidence about the machine that this runs on, readable and over the data that was asked for; not judged.
 *
 * @param source the source's name
 * @param json the evidence as the source wrote it
 */
record OwnEvidence(String source, JsonObject json, KbsEvidence evidence) {
    /** Where a report holds its 64 bytes of report data. */
    static final int REPORT_DATA = 0x050;

    private static final int MAX_EVIDENCE = 1 << 20;

    /** @param text what {@link EvidenceSource#of} takes */
    static OwnEvidence ask(String text, byte[] reportData) throws CommandFailed {
        EvidenceSource source;
        try {
            source = EvidenceSource.of(text);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable("--source: " + Terminal.printable(String.valueOf(e.getMessage())));
        }
        String answer;
        try {
            answer = source.evidence(reportData);
        } catch (IOException e) {
            throw CommandFailed.unusable("no report about this machine, which may be no SEV-SNP guest: "
                    + Terminal.printable(String.valueOf(e.getMessage())));
        }
        try {
            if (!(Json.parse(answer.getBytes(StandardCharsets.UTF_8), MAX_EVIDENCE) instanceof JsonObject json)) {
                throw nonsense(source, "not a JSON object");
            }
            var evidence = KbsEvidence.parse(json);
            if (!evidence.report().slice(REPORT_DATA, reportData.length).equals(Bytes.copyOf(reportData))) {
                throw nonsense(source, "a report over other data than was asked for");
            }
            return new OwnEvidence(source.name(), json, evidence);
        } catch (MalformedJsonException | MalformedEvidenceException e) {
            throw nonsense(source, String.valueOf(e.getMessage()));
        }
    }

    boolean simulated() {
        return source.equals("SIMULATED");
    }

    private static CommandFailed nonsense(EvidenceSource source, String problem) {
        return CommandFailed.unusable(
                "the evidence source (%s) gave nonsense: %s".formatted(source.name(), Terminal.printable(problem)));
    }
}
