package dev.husk.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the database holds is believed only where it is what the identity names. */
class ParsedContractsTest {
    private final ParsedContracts parsed = new ParsedContracts();

    private static Contract contract(int version) throws Exception {
        var text = new String(
                        ParsedContractsTest.class
                                .getResourceAsStream("/heart-risk.json")
                                .readAllBytes(),
                        StandardCharsets.UTF_8)
                .replace("\"version\": 1", "\"version\": " + version);
        for (var party : new String[] {"KEY_A", "KEY_B", "KEY_LAB"}) {
            try (var signer = PartySigner.generate()) {
                text = text.replace(party, signer.key().text());
            }
        }
        return Contract.parse(Json.parse(text.getBytes(StandardCharsets.UTF_8), 1 << 20));
    }

    @Test
    void aContractIsReadOnceAndStaysTheSame() throws Exception {
        var contract = contract(1);
        var first = parsed.get(contract.id(), contract.canonical());
        assertThat(first).isEqualTo(contract);
        assertThat(parsed.get(contract.id(), contract.canonical())).isSameAs(first);
    }

    @Test
    void otherBytesUnderTheIdentityAreRefusedAlsoOnceItIsKnown() throws Exception {
        var contract = contract(1);
        byte[] other = contract(2).canonical();
        assertThatThrownBy(() -> parsed.get(contract.id(), other)).hasMessageContaining("was changed");
        parsed.get(contract.id(), contract.canonical());
        assertThatThrownBy(() -> parsed.get(contract.id(), other)).hasMessageContaining("was changed");
    }

    @Test
    void whatIsNoContractIsDamaged() {
        byte[] nothing = "{}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> parsed.get(Digests.sha256(nothing), nothing)).hasMessageContaining("is damaged");
    }

    @Test
    void ofManyContractsTheNewestStayKnown() throws Exception {
        var first = contract(1);
        var known = parsed.get(first.id(), first.canonical());
        for (int version = 2; version < 70; version++) {
            var other = contract(version);
            parsed.get(other.id(), other.canonical());
        }
        assertThat(parsed.get(first.id(), first.canonical())).isEqualTo(known).isNotSameAs(known);
    }
}
