package dev.husk.snp.azure;

import com.google.gson.JsonElement;
import dev.husk.snp.Bytes;
import dev.husk.snp.azure.StrictJson.NotJson;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.RSAPublicKeySpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the paravisor says beside a report ({@code RuntimeClaims} of OpenHCL, JSON). Counts only once the report is
 * seen to hold its hash.
 *
 * @param attestationKey the TPM's AK ({@code HCLAkPub}), RSA-2048 with the exponent 65537
 * @param vmConfiguration how the host configured the VM: each member's value as JSON text, which nothing here judges
 * @param userData 64 bytes that the guest asked for; empty where the paravisor is too old to take any
 */
public record VariableData(RSAPublicKey attestationKey, Map<String, String> vmConfiguration, Optional<Bytes> userData) {
    private static final int MAX_KEYS = 8;
    private static final int MODULUS = 256;
    private static final BigInteger EXPONENT = BigInteger.valueOf(65537);
    private static final int USER_DATA = 64;

    public VariableData {
        vmConfiguration = Map.copyOf(vmConfiguration);
    }

    static VariableData parse(Bytes encoded) throws MalformedAzureEvidenceException {
        JsonElement json;
        try {
            json = StrictJson.parse(encoded.toArray());
        } catch (NotJson e) {
            throw MalformedAzureEvidenceException.at(
                    HclReport.PART, HclReport.VARIABLE_DATA, "variable data: " + e.getMessage());
        }
        var members = JsonMembers.of(json, HclReport.PART, HclReport.VARIABLE_DATA);
        var key = attestationKey(members);
        var configuration = new LinkedHashMap<String, String>();
        var configured = members.member("vm-configuration");
        if (!configured.isJsonObject()) {
            throw members.malformed("vm-configuration", "not an object");
        }
        for (var entry : configured.getAsJsonObject().entrySet()) {
            configuration.put(entry.getKey(), entry.getValue().toString());
        }
        Optional<Bytes> userData = Optional.empty();
        if (members.has("user-data")) {
            byte[] bytes = members.hex("user-data", USER_DATA);
            if (bytes.length != USER_DATA) {
                throw members.malformed("user-data", "%d bytes, not %d".formatted(bytes.length, USER_DATA));
            }
            userData = Optional.of(Bytes.copyOf(bytes));
        }
        members.requireNothingElse();
        return new VariableData(key, configuration, userData);
    }

    private static RSAPublicKey attestationKey(JsonMembers members) throws MalformedAzureEvidenceException {
        Optional<RSAPublicKey> found = Optional.empty();
        int keys = members.array("keys", MAX_KEYS).size();
        for (int i = 0; i < keys; i++) {
            var jwk = members.object("keys", i);
            var key = rsa(jwk);
            if (jwk.text("kid").equals("HCLAkPub")) {
                if (found.isPresent()) {
                    throw jwk.malformed("kid", "a second HCLAkPub");
                }
                found = Optional.of(key);
            }
        }
        return found.orElseThrow(() -> members.malformed("keys", "no HCLAkPub"));
    }

    /** A JWK with exactly the members that the paravisor writes. What it says of the key's use was wrong at first. */
    private static RSAPublicKey rsa(JsonMembers jwk) throws MalformedAzureEvidenceException {
        jwk.text("kid");
        jwk.array("key_ops", MAX_KEYS);
        if (!jwk.text("kty").equals("RSA")) {
            throw jwk.malformed("kty", "not RSA");
        }
        if (!new BigInteger(1, jwk.base64Url("e", false, MODULUS)).equals(EXPONENT)) {
            throw jwk.malformed("e", "not 65537");
        }
        byte[] modulus = jwk.base64Url("n", false, MODULUS);
        var n = new BigInteger(1, modulus);
        if (modulus.length != MODULUS || n.bitLength() != MODULUS * 8 || !n.testBit(0)) {
            throw jwk.malformed("n", "not an RSA modulus of 2048 bits");
        }
        jwk.requireNothingElse();
        try {
            return (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(n, EXPONENT));
        } catch (NoSuchAlgorithmException | InvalidKeySpecException e) {
            throw new IllegalStateException("every JDK takes RSA-2048", e);
        }
    }
}
