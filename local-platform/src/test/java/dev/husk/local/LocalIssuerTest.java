package dev.husk.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalIssuerTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-25T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path folder;

    @Test
    void aTokenSaysWhatTheGatewayAsksFor() throws Exception {
        var token = LocalIssuer.open(folder, NOON).token("anna").split("\\.");
        var header = json(token[0]);
        var claims = json(token[1]);
        assertThat(header.get("alg").getAsString()).isEqualTo("ES256");
        assertThat(header.get("typ").getAsString()).isEqualTo("JWT");
        assertThat(header.get("kid").getAsString()).isEqualTo(key().get("kid").getAsString());
        assertThat(claims.get("iss").getAsString()).isEqualTo("http://husk.local");
        assertThat(claims.get("aud").getAsString()).isEqualTo("husk-gateway");
        assertThat(claims.get("sub").getAsString()).isEqualTo("anna");
        assertThat(claims.get("upn").getAsString()).isEqualTo("anna");
        assertThat(claims.getAsJsonArray("groups").get(0).getAsString()).isEqualTo("party");
        assertThat(claims.get("iat").getAsLong()).isEqualTo(NOON.instant().getEpochSecond());
        assertThat(claims.get("exp").getAsLong()).isEqualTo(NOON.instant().getEpochSecond() + 8 * 3600);
        assertThat(claims.get("jti").getAsString()).isNotBlank();
    }

    @Test
    void theKeySetVerifiesTheTokenAndNoOther() throws Exception {
        var token = LocalIssuer.open(folder, NOON).token("anna").split("\\.");
        assertThat(verifies(token[0] + "." + token[1], token[2])).isTrue();
        assertThat(verifies(token[0] + "." + token[1] + "x", token[2])).isFalse();
        var zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
        assertThat(verifies(token[0] + "." + token[1], zeros)).isFalse();
    }

    @Test
    void theKeyStaysTheSameAndOnlyItsOwnerReadsIt() throws Exception {
        var first = LocalIssuer.open(folder, NOON).token("anna").split("\\.");
        LocalIssuer.open(folder, NOON);
        assertThat(verifies(first[0] + "." + first[1], first[2])).isTrue();
        assertThat(Files.getPosixFilePermissions(folder.resolve("issuer.key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.readString(folder.resolve("jwks.json"))).doesNotContain("\"d\"");
    }

    @Test
    void everyTokenHasItsOwnId() throws Exception {
        var issuer = LocalIssuer.open(folder, NOON);
        assertThat(json(issuer.token("anna").split("\\.")[1]).get("jti"))
                .isNotEqualTo(json(issuer.token("anna").split("\\.")[1]).get("jti"));
    }

    @Test
    void aDamagedKeyFileIsNamed() throws Exception {
        Files.writeString(folder.resolve("issuer.key"), "no key");
        assertThatThrownBy(() -> LocalIssuer.open(folder, NOON))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("delete issuer.key");
    }

    private boolean verifies(String signed, String signature) throws Exception {
        var verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
        verifier.initVerify(publicKey());
        verifier.update(signed.getBytes(StandardCharsets.US_ASCII));
        return verifier.verify(Base64.getUrlDecoder().decode(signature));
    }

    private PublicKey publicKey() throws Exception {
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        var point = new ECPoint(coordinate("x"), coordinate("y"));
        return KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class)));
    }

    private BigInteger coordinate(String name) throws IOException {
        return new BigInteger(1, Base64.getUrlDecoder().decode(key().get(name).getAsString()));
    }

    private JsonObject key() throws IOException {
        return JsonParser.parseString(Files.readString(folder.resolve("jwks.json")))
                .getAsJsonObject()
                .getAsJsonArray("keys")
                .get(0)
                .getAsJsonObject();
    }

    private static JsonObject json(String base64) {
        var text = new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.UTF_8);
        return JsonParser.parseString(text).getAsJsonObject();
    }
}
