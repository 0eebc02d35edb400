package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.Product;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the gateway's evidence about itself speaks for. */
@ArquillianTest
@RunAsClient
class SelfEvidenceIT {
    private static final List<String> COVERED =
            List.of("checkpoint", "contracts", "endorsement", "keys", "recovery", "stateKey", "tls");

    @Deployment(testable = false)
    static WebArchive nothing() {
        return ServerUnderTest.nothing("evidence.war");
    }

    @BeforeAll
    static void awaitTheGateway() throws Exception {
        ServerUnderTest.awaitReady();
    }

    private static Http.Answer ask(String nonce) throws Exception {
        return Http.post("v1/gateway/evidence", "application/json", "{\"nonce\":\"" + nonce + "\"}", Map.of());
    }

    @Test
    void reportDataCoversNonceKeysLogContractsHoldersAndCertificate() throws Exception {
        var nonce = Base64Url.random(32);
        var answer = ask(nonce).json();
        var covered = new JsonObject();
        COVERED.forEach(member -> covered.add(member, answer.get(member)));
        covered.addProperty("nonce", nonce);
        var report = AttestationReport.parse(
                KbsEvidence.parse(answer.getAsJsonObject("evidence")).report(), Product.GENOA);
        assertThat(report.reportData().toArray())
                .isEqualTo(MessageDigest.getInstance("SHA-512").digest(CanonicalJson.encode(covered)));
        assertThat(answer.keySet())
                .as("what is said and not covered")
                .hasSize(COVERED.size() + 2)
                .contains("evidence", "simulated");

        assertThat(answer.get("simulated").getAsBoolean()).isTrue();
        assertThat(answer.get("endorsement").getAsString()).isEmpty();
        assertThat(answer.get("recovery").isJsonNull()).isTrue();
        assertThat(answer.get("stateKey")).hasToString("{\"sources\":[\"file\"],\"peers\":[]}");
        assertThat(answer.get("tls").getAsString())
                .isEqualTo(Digests.sha256(Files.readAllBytes(Path.of(System.getProperty("husk.it"), "sp", "ark.der"))));
        var log = answer.getAsJsonObject("keys").get("log").getAsString();
        assertThat(Checkpoint.parse(answer.get("checkpoint").getAsString()).verify(VerifierKey.parse(log)))
                .isTrue();
    }

    @Test
    void theRootOfTheContractsChangesWithThoseInForce() throws Exception {
        var before = ask(Base64Url.random(32)).json().get("contracts");
        var heart = TestContract.named("evidence-root").active();
        var with = ask(Base64Url.random(32)).json().get("contracts");
        assertThat(with).isNotEqualTo(before);
        heart.state("suspend", "hospital-b");
        assertThat(ask(Base64Url.random(32)).json().get("contracts")).isEqualTo(before);
    }

    @Test
    void aNonceOfAnotherLengthIsRefused() throws Exception {
        for (var nonce : List.of("", "AAAA", Base64Url.random(31), Base64Url.random(33), "!".repeat(43))) {
            assertThat(ask(nonce).status()).as(nonce).isEqualTo(400);
        }
    }

    @Test
    void aGatewayWithoutPeersHandsItsStateKeyToNobody() throws Exception {
        for (var path : List.of("v1/gateway/handover/challenge", "v1/gateway/handover")) {
            var answer = Http.post(path, "application/json", "{}", Map.of());
            assertThat(answer.status()).as(path).isEqualTo(403);
            assertThat(answer.body()).contains("NO_PEERS");
        }
    }
}
