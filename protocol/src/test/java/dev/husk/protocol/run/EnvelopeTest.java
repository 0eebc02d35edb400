package dev.husk.protocol.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartySigner;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private final PartySigner signer = PartySigner.generate();
    private final JsonObject statement = new ProvenRun().statement().json();

    @Test
    void theSignatureIsOverTheEncodingThatDsseSays() {
        var small = new JsonObject();
        small.addProperty("a", 1);
        var json = Envelope.sign(signer, small).json();
        assertThat(new String(Base64.getDecoder().decode(json.get("payload").getAsString()), StandardCharsets.UTF_8))
                .isEqualTo("{\"a\":1}");
        assertThat(json.get("payloadType").getAsString()).isEqualTo("application/vnd.in-toto+json");
        byte[] signature = Base64.getDecoder()
                .decode(json.getAsJsonArray("signatures")
                        .get(0)
                        .getAsJsonObject()
                        .get("sig")
                        .getAsString());
        assertThat(signer.key()
                        .verify(
                                "DSSEv1 28 application/vnd.in-toto+json 7 {\"a\":1}".getBytes(StandardCharsets.UTF_8),
                                signature))
                .isTrue();
    }

    @Test
    void anEnvelopeIsMadeAgainFromItsStatementAndSignatures() throws Exception {
        var envelope = Envelope.sign(signer, statement);
        var again = Envelope.of(envelope.statement(), envelope.signatures());
        assertThat(again.json()).isEqualTo(envelope.json());
        assertThat(again.isSignedBy(signer.key())).isTrue();
        assertThat(Envelope.parse(envelope.json()).json()).isEqualTo(envelope.json());
    }

    @Test
    void otherKeysAndOtherStatementsAreNotSigned() throws Exception {
        var envelope = Envelope.sign(signer, statement);
        assertThat(envelope.isSignedBy(PartySigner.generate().key())).isFalse();
        var other = statement.deepCopy();
        other.addProperty("_type", "other");
        assertThat(Envelope.of(other, envelope.signatures()).isSignedBy(signer.key()))
                .isFalse();
    }

    @Test
    void otherSpellingsAreRefused() {
        refused(
                "payload",
                Base64.getEncoder().encodeToString("{ \"a\":1}".getBytes(StandardCharsets.UTF_8)),
                "canonical");
        refused("payload", Base64.getEncoder().encodeToString("[]".getBytes(StandardCharsets.UTF_8)), "canonical");
        refused("payload", "e30", "not padded base64");
        refused("payload", "e31=", "not padded base64");
        refused("payload", "*", "not base64");
        refused("payloadType", "text/plain", "payloadType");
        refused("more", "", "not known");
    }

    private void refused(String member, String value, String words) {
        var json = Envelope.sign(signer, statement).json();
        json.addProperty(member, value);
        assertThatThrownBy(() -> Envelope.parse(json))
                .isInstanceOf(MalformedRunException.class)
                .hasMessageContaining(words);
    }

    @Test
    void oneSignatureIsWantedAndNoMore() {
        var json = Envelope.sign(signer, statement).json();
        json.getAsJsonArray("signatures").add(json.getAsJsonArray("signatures").get(0));
        assertThatThrownBy(() -> Envelope.parse(json)).hasMessageContaining("at most 1");
    }
}
