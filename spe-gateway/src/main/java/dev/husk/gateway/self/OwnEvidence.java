package dev.husk.gateway.self;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.gateway.Configuration;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.snp.Bytes;
import dev.husk.snp.guest.EvidenceSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Evidence about the machine that this gateway runs on. */
@ApplicationScoped
public class OwnEvidence {
    private static final int LARGEST = 1 << 20;

    @Inject
    private Configuration configuration;

    /** For the container. */
    public OwnEvidence() {}

    OwnEvidence(Configuration configuration) {
        this.configuration = configuration;
    }

    /** KBS evidence whose REPORT_DATA is {@link #reportData} of what it is to speak for. */
    JsonElement over(JsonObject bound) throws IOException {
        var text = source().evidence(reportData(bound).toArray());
        try {
            return Json.parse(text.getBytes(StandardCharsets.UTF_8), LARGEST);
        } catch (MalformedJsonException e) {
            throw new IOException("the evidence is not JSON: " + e.getMessage(), e);
        }
    }

    /** Whether it proves nothing. */
    boolean simulated() {
        return source().name().equals("SIMULATED");
    }

    private EvidenceSource source() {
        return EvidenceSource.of(configuration.evidence());
    }

    /** SHA-512 over the canonical form. */
    static Bytes reportData(JsonObject bound) {
        try {
            return Bytes.copyOf(MessageDigest.getInstance("SHA-512").digest(CanonicalJson.encode(bound)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
