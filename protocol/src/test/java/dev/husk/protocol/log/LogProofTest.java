package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.contract.PartySigner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogProofTest {
    private final WitnessedLog log = new WitnessedLog(12);
    private final Checkpoint checkpoint = log.checkpoint(12);
    private final LogProof proof =
            new LogProof("leaf".getBytes(StandardCharsets.UTF_8), 7, log.inclusion(7, 12), checkpoint);

    @Test
    void theTextIsThatOfTheSpecification() throws Exception {
        var lines = proof.text().split("\n", -1);
        assertThat(lines).startsWith("c2sp.org/tlog-proof@v1", "extra bGVhZg==", "index 7");
        assertThat(lines[3]).hasSize(44);
        assertThat(proof.text()).endsWith("\n\n" + checkpoint.text());
        var bare = new LogProof(new byte[0], 7, log.inclusion(7, 12), checkpoint);
        assertThat(bare.text()).doesNotContain("extra").startsWith("c2sp.org/tlog-proof@v1\nindex 7\n");
        for (var each : List.of(proof, bare, new LogProof(new byte[0], 0, List.of(), log.checkpoint(1)))) {
            assertThat(LogProof.parse(each.text()).text()).isEqualTo(each.text());
        }
    }

    @Test
    void everyEntryOfEveryTreeIsProven() throws Exception {
        for (int size = 1; size <= 12; size++) {
            for (int index = 0; index < size; index++) {
                var read = LogProof.parse(
                        new LogProof(new byte[0], index, log.inclusion(index, size), log.checkpoint(size)).text());
                assertThat(read.verify(log.leafHash(index), log.key())).isTrue();
                assertThat(read.verify(log.leafHash(index + 1), log.key())).isFalse();
                assertThat(read.verify(log.leafHash(index), new WitnessedLog(0).key()))
                        .isFalse();
            }
        }
    }

    @Test
    void anotherOriginThanTheKeysIsNoProof() {
        try (var signer = PartySigner.generate()) {
            var elsewhere =
                    Checkpoint.of("log.example/other", 12, checkpoint.root()).sign(WitnessedLog.ORIGIN, signer);
            var key = VerifierKey.of(WitnessedLog.ORIGIN, signer.key().raw());
            assertThat(elsewhere.verify(key)).isTrue();
            assertThat(new LogProof(new byte[0], 7, log.inclusion(7, 12), elsewhere).verify(log.leafHash(7), key))
                    .isFalse();
        }
    }

    @Test
    void aPolicyAsksForItsLogAndItsWitnesses() throws Exception {
        try (var signer = PartySigner.generate()) {
            var witness = WitnessKey.of("w.example", signer.key().raw());
            var policy = WitnessPolicy.parse("log %s\nwitness w %s\nquorum w\n"
                    .formatted(log.key(), witness)
                    .getBytes(StandardCharsets.UTF_8));
            var cosigned =
                    new LogProof(new byte[0], 7, log.inclusion(7, 12), checkpoint.cosign("w.example", signer, 5));
            assertThat(LogProof.parse(cosigned.text()).verify(log.leafHash(7), policy))
                    .isTrue();
            assertThat(proof.verify(log.leafHash(7), policy)).isFalse();
            assertThat(cosigned.verify(log.leafHash(8), policy)).isFalse();
            var other = WitnessPolicy.parse("log %s\nwitness w %s\nquorum w\n"
                    .formatted(new WitnessedLog(0).key(), witness)
                    .getBytes(StandardCharsets.UTF_8));
            assertThat(cosigned.verify(log.leafHash(7), other)).isFalse();
            assertThat(cosigned.verify(log.leafHash(7), WitnessPolicy.none())).isFalse();
        }
    }

    @Test
    void aReceiptIsAProofWithItsLeafAndMayAskForWitnesses() throws Exception {
        var leaf = new Leaf(Opening.tag(new byte[32], "a"), 0, "", Opening.tag(new byte[32], "b"));
        try (var signer = PartySigner.generate();
                var witness = PartySigner.generate()) {
            var signed = Checkpoint.of("log", 1, leaf.hash()).sign("log", signer);
            var key = VerifierKey.of("log", signer.key().raw());
            var policy = WitnessPolicy.of(
                    1,
                    List.of(new WitnessPolicy.Witness(
                            "w", WitnessKey.of("w.example", witness.key().raw()), Optional.empty())));
            var receipt = Receipt.parse(new Receipt(leaf, 0, List.of(), signed).json());
            assertThat(receipt.leaf()).isEqualTo(leaf);
            assertThat(receipt.provenBy(key)).isTrue();
            assertThat(receipt.provenBy(key, WitnessPolicy.none())).isTrue();
            assertThat(receipt.provenBy(key, policy)).isFalse();
            var cosigned = new Receipt(leaf, 0, List.of(), signed.cosign("w.example", witness, 9));
            assertThat(Receipt.parse(cosigned.text()).provenBy(key, policy)).isTrue();
            assertThat(LogProof.parse(cosigned.text()).verify(leaf.hash(), key)).isTrue();
            var noLeaf = new LogProof(new byte[] {1}, 0, List.of(), signed).text();
            assertThatThrownBy(() -> Receipt.parse(noLeaf)).isInstanceOf(MalformedLogException.class);
            var without = new LogProof(new byte[0], 0, List.of(), signed).text();
            assertThatThrownBy(() -> Receipt.parse(without)).isInstanceOf(MalformedLogException.class);
        }
    }

    @Test
    void everyTruncationIsRefused() {
        var text = proof.text();
        for (int cut = 0; cut < text.length(); cut++) {
            var truncated = text.substring(0, cut);
            assertThatThrownBy(() -> LogProof.parse(truncated)).isInstanceOf(MalformedLogException.class);
        }
    }

    @Test
    void everyChangedCharacterIsNoticedOrIsOfTheExtraData() {
        var text = proof.text();
        for (int i = 0; i < text.length(); i++) {
            var changed = text.substring(0, i) + (char) (text.charAt(i) ^ 1) + text.substring(i + 1);
            try {
                var read = LogProof.parse(changed);
                assertThat(read.verify(log.leafHash(7), log.key()) && Arrays.equals(read.extra(), proof.extra()))
                        .as(changed)
                        .isFalse();
            } catch (MalformedLogException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void whatDoesNotFollowTheFormatIsRefused() {
        var rest = "\n\n" + checkpoint.text();
        var hash = log.inclusion(7, 12).get(0);
        var line = "\n" + NoteLines.base64(hash);
        for (var head : List.of(
                "c2sp.org/tlog-proof@v2\nindex 7",
                "c2sp.org/tlog-proof@v1",
                "c2sp.org/tlog-proof@v1\nextra bGVhZg==",
                "c2sp.org/tlog-proof@v1\nextra \nindex 7",
                "c2sp.org/tlog-proof@v1\nextra bGVhZg\nindex 7",
                "c2sp.org/tlog-proof@v1\nextra bGVhZh==\nindex 7",
                "c2sp.org/tlog-proof@v1\nindex 7\nextra bGVhZg==",
                "c2sp.org/tlog-proof@v1\nindex 07",
                "c2sp.org/tlog-proof@v1\nindex -7",
                "c2sp.org/tlog-proof@v1\nindex 9223372036854775808",
                "c2sp.org/tlog-proof@v1\nindex  7",
                "c2sp.org/tlog-proof@v1\nindex",
                "c2sp.org/tlog-proof@v1\nindex 7\nAAAA",
                "c2sp.org/tlog-proof@v1\r\nindex 7",
                "c2sp.org/tlog-proof@v1\nindex 7" + line.repeat(64),
                "c2sp.org/tlog-proof@v1\nextra " + "A".repeat(1 << 17) + "\nindex 7")) {
            assertThatThrownBy(() -> LogProof.parse(head + rest)).as(head).isInstanceOf(MalformedLogException.class);
        }
        assertThatThrownBy(() -> new LogProof(new byte[0], 0, Collections.nCopies(64, hash), checkpoint))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
