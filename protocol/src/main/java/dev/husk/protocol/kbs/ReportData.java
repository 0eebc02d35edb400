package dev.husk.protocol.kbs;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.CanonicalJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** What REPORT_DATA must hold: SHA-384 over nonce, key and additional evidence, then 16 zero bytes. */
public final class ReportData {
    /** Length of REPORT_DATA, in bytes. */
    public static final int SIZE = 64;

    private ReportData() {}

    /** @param additionalEvidence the string exactly as it was received; it is never parsed here */
    public static byte[] of(String nonce, TeeKey key, String additionalEvidence) {
        var input = new JsonObject();
        input.addProperty("additional-evidence", additionalEvidence);
        input.addProperty("nonce", nonce);
        input.add("tee-pubkey", key.jwk());
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-384").digest(CanonicalJson.encode(input)), SIZE);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
