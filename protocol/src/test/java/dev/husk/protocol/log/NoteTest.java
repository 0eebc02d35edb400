package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.Vectors;
import dev.husk.protocol.contract.PartySigner;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Signed notes and cosignatures. The known answers were made with OpenSSL's Ed25519 and the formulas of the
 * specification, from the seeds 00 to 1f (log) and 20 to 3f (witness).
 */
class NoteTest {
    private static final String LOG = "log.example/husk+16489214+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    private static final String WITNESS = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
    private static final String SIGNED = """
            log.example/husk
            1000
            47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

            \u2014 log.example/husk FkiSFOJeCznSP54VB8rb9vULdHEM4FVSxGWcsVRluAmlPPVtXbdAa6IxOczX3pZQvzYrNuLAKwdDlH+08ly8kF2UhwU=
            """;
    private static final String COSIGNATURE =
            "\u2014 witness.example/w1 IDJKvgAAAABpVbkAtyhRJp50F89mVGRAxSqvBYIDYW0hXXuF07TDh7XXcVeUp7bZoxE2OS5w6zngdJLyg36u0TIuH3gD5A1lQhFfBA==\n";
    private static final long TIME = 1767225600;

    private final VerifierKey log = VerifierKey.parse(LOG);
    private final WitnessKey witness = WitnessKey.parse(WITNESS);

    private static PartySigner signer(int first) {
        byte[] pkcs8 = HexFormat.of().parseHex("302e020100300506032b657004220420" + "00".repeat(32));
        for (int i = 0; i < 32; i++) {
            pkcs8[16 + i] = (byte) (first + i);
        }
        return PartySigner.fromPkcs8(pkcs8);
    }

    @Test
    void keysSignaturesAndCosignaturesAreThoseOfAnIndependentComputation() {
        try (var ofLog = signer(0);
                var ofWitness = signer(32)) {
            assertThat(VerifierKey.of("log.example/husk", ofLog.key().raw()).text())
                    .isEqualTo(LOG);
            assertThat(WitnessKey.of("witness.example/w1", ofWitness.key().raw())
                            .text())
                    .isEqualTo(WITNESS);
            var signed =
                    Checkpoint.of("log.example/husk", 1000, MerkleHash.empty()).sign("log.example/husk", ofLog);
            assertThat(signed.text()).isEqualTo(SIGNED);
            assertThat(signed.cosign("witness.example/w1", ofWitness, TIME).text())
                    .isEqualTo(SIGNED + COSIGNATURE);
        }
    }

    @Test
    void aCosignatureTellsItsTime() {
        var checkpoint = Checkpoint.parse(SIGNED + COSIGNATURE);
        assertThat(checkpoint.verify(log)).isTrue();
        assertThat(checkpoint.cosignedAt(witness)).hasValue(TIME);
        assertThat(checkpoint.cosignatureLines(witness)).isEqualTo(COSIGNATURE);
        assertThat(Checkpoint.parse(SIGNED).cosignedAt(witness)).isEmpty();
    }

    @Test
    void aCheckpointOfAnotherImplementationWithSignaturesOfAnUnknownTypeIsRead() throws Exception {
        var text = Files.readString(Vectors.folder("tlog/sunlight").resolve("checkpoint"));
        var checkpoint = Checkpoint.parse(text);
        assertThat(checkpoint.size()).isEqualTo(300);
        assertThat(checkpoint.text()).isEqualTo(text);
        assertThat(checkpoint.verify(log)).isFalse();
    }

    @Test
    void aKeyOfOneKindIsNoneOfTheOther() {
        assertThatThrownBy(() -> VerifierKey.parse(WITNESS)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WitnessKey.parse(LOG)).isInstanceOf(IllegalArgumentException.class);
        try (var both = PartySigner.generate()) {
            byte[] raw = both.key().raw();
            var signed = Checkpoint.of("log", 1, MerkleHash.empty()).sign("one", both);
            assertThat(signed.verify(VerifierKey.of("one", raw))).isTrue();
            assertThat(signed.cosignedAt(WitnessKey.of("one", raw))).isEmpty();
            var cosigned = Checkpoint.of("log", 1, MerkleHash.empty()).cosign("one", both, 7);
            assertThat(cosigned.cosignedAt(WitnessKey.of("one", raw))).hasValue(7);
            assertThat(cosigned.verify(VerifierKey.of("one", raw))).isFalse();
        }
    }

    @Test
    void signaturesOfUnknownKeysAreIgnoredAlsoWhereTheyShareANameOrAnId() {
        byte[] id = Arrays.copyOf(HexFormat.of().parseHex("16489214"), 68);
        var sameName = "\u2014 log.example/husk " + base64(new byte[68]) + "\n";
        var sameId = "\u2014 log.example/other " + base64(id) + "\n";
        assertThat(Checkpoint.parse(SIGNED + sameName + sameId + COSIGNATURE).verify(log))
                .isTrue();
        var forged = "\u2014 log.example/husk " + base64(id) + "\n";
        assertThat(Checkpoint.parse(SIGNED + forged).verify(log)).isFalse();
    }

    @Test
    void aForgedOrCutCosignatureIsNoneAndSpoilsTheRealOne() {
        byte[] bytes = Base64.getDecoder().decode(COSIGNATURE.strip().split(" ")[2]);
        for (int i = 4; i < bytes.length; i++) {
            bytes[i] ^= 1;
            var forged = "\u2014 witness.example/w1 " + base64(bytes) + "\n";
            assertThat(Checkpoint.parse(SIGNED + forged).cosignedAt(witness)).isEmpty();
            assertThat(Checkpoint.parse(SIGNED + COSIGNATURE + forged).cosignedAt(witness))
                    .isEmpty();
            bytes[i] ^= 1;
        }
        for (int length = 5; length < bytes.length; length++) {
            var cut = "\u2014 witness.example/w1 " + base64(Arrays.copyOf(bytes, length)) + "\n";
            assertThat(Checkpoint.parse(SIGNED + cut).cosignedAt(witness)).isEmpty();
        }
        var zero = Arrays.copyOf(bytes, 12);
        assertThat(Checkpoint.parse(SIGNED + "\u2014 witness.example/w1 " + base64(Arrays.copyOf(zero, 76)) + "\n")
                        .cosignedAt(witness))
                .isEmpty();
    }

    @Test
    void aCosignatureWithoutATimeOrWithOneAboveTheLimitDoesNotCount() {
        try (var signer = PartySigner.generate()) {
            var key = WitnessKey.of("w", signer.key().raw());
            var note = new Note("log\n1\n" + base64(new byte[32]) + "\n", List.of());
            for (long time : new long[] {0, -1, Long.MIN_VALUE}) {
                var signed = note.with(note.cosignature(key.key(), signer, time));
                assertThat(signed.standing(key)).isEqualTo(Note.Standing.FORGED);
                assertThat(Checkpoint.parse(signed.note()).cosignedAt(key)).isEmpty();
            }
            assertThatThrownBy(() -> Checkpoint.of("log", 1, new byte[32]).cosign("w", signer, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(Checkpoint.of("log", 1, new byte[32])
                            .cosign("w", signer, Long.MAX_VALUE)
                            .cosignedAt(key))
                    .hasValue(Long.MAX_VALUE);
        }
    }

    @Test
    void onlyTheWitnesssOwnLineOfAnAnswerIsAdopted() {
        var signed = Checkpoint.parse(SIGNED);
        var stranger = "\u2014 witness.example/w2 " + base64(new byte[76]) + "\n";
        assertThat(signed.adopt(stranger + COSIGNATURE, witness))
                .hasValueSatisfying(adopted -> assertThat(adopted.text()).isEqualTo(SIGNED + COSIGNATURE));
        assertThat(signed.adopt(stranger, witness)).isEmpty();
        assertThat(Checkpoint.parse(SIGNED + COSIGNATURE)
                        .adopt(COSIGNATURE, witness)
                        .map(Checkpoint::text))
                .hasValue(SIGNED + COSIGNATURE);
        var elsewhere = Checkpoint.parse(SIGNED.replace("\n1000\n", "\n1001\n"));
        assertThat(elsewhere.adopt(COSIGNATURE, witness)).isEmpty();
        for (var lines : List.of("", "\n", COSIGNATURE.strip(), "\n" + COSIGNATURE, COSIGNATURE + "\n", "no line\n")) {
            assertThatThrownBy(() -> signed.adopt(lines, witness)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatOthersSignedCanBeLeftBehind() {
        var stranger = "\u2014 someone " + base64(new byte[76]) + "\n";
        var checkpoint = Checkpoint.parse(SIGNED + stranger + COSIGNATURE);
        assertThat(checkpoint.signedBy(List.of(log)).text()).isEqualTo(SIGNED);
        assertThat(checkpoint.signedBy(List.of()).text()).isEqualTo(SIGNED.substring(0, SIGNED.indexOf("\n\n") + 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "a+b",
                "a\tb",
                "a\nb",
                "a\u00a0b",
                "a\u0085b",
                "a\u2007b",
                "a\u202fb",
                "a\u3000b",
                "a\u2028b",
                "a\u0000",
                "a\u007f",
                "a\ud800"
            })
    void aNameThatNoNoteCanCarryIsRefused(String name) {
        assertThatThrownBy(() -> VerifierKey.of(name, new byte[32])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WitnessKey.of(name, new byte[32])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNameMayBeOfAnyScript() {
        var key = VerifierKey.of("\u0436\u0443\u043a.example/\u65e5\u672c/\ud83c\udf30", log.publicKey());
        assertThat(VerifierKey.parse(key.text())).isEqualTo(key);
    }

    @Test
    void everyChangedCharacterOfAKeyIsRefused() {
        for (var text : List.of(LOG, WITNESS)) {
            for (int i = 0; i < text.length(); i++) {
                var changed = text.substring(0, i) + (text.charAt(i) == '1' ? '2' : '1') + text.substring(i + 1);
                var cut = text.substring(0, i);
                for (var bad : List.of(changed, cut)) {
                    assertThatThrownBy(() -> VerifierKey.parse(bad)).isInstanceOf(IllegalArgumentException.class);
                    assertThatThrownBy(() -> WitnessKey.parse(bad)).isInstanceOf(IllegalArgumentException.class);
                }
            }
        }
        assertThatThrownBy(() -> VerifierKey.parse(LOG.replace("+16489214+", "+16489214".toUpperCase() + "=+")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WitnessKey.parse(WITNESS.replace("20324abe", "20324ABE")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyTruncationOfANoteIsRefusedOrSaysLess() {
        var whole = SIGNED + COSIGNATURE;
        for (int cut = 0; cut < whole.length(); cut++) {
            var text = whole.substring(0, cut);
            if (text.equals(SIGNED)) {
                assertThat(Checkpoint.parse(text).cosignedAt(witness)).isEmpty();
            } else {
                assertThatThrownBy(() -> Checkpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void whatIsNoCheckpointIsRefused() {
        var root = base64(new byte[32]);
        var line = "\u2014 a " + base64(new byte[68]) + "\n";
        for (var body : List.of(
                "\n1\n" + root + "\n",
                "log\n01\n" + root + "\n",
                "log\n-1\n" + root + "\n",
                "log\n+1\n" + root + "\n",
                "log\n 1\n" + root + "\n",
                "log\n9223372036854775808\n" + root + "\n",
                "log\n1\n" + root.replace("=", "") + "\n",
                "log\n1\n" + base64(new byte[31]) + "\n",
                "log\n1\n" + root.replace("A=", "B=") + "\n",
                "log\n1\n",
                "log\n1\n" + root + "\n\nextension\n",
                "log\r\n1\n" + root + "\n",
                "log\ud800\n1\n" + root + "\n")) {
            assertThatThrownBy(() -> Checkpoint.parse(body + "\n" + line))
                    .as(body)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        var body = "log\n9223372036854775807\n" + root + "\n";
        assertThat(Checkpoint.parse(body + "\n" + line).size()).isEqualTo(Long.MAX_VALUE);
        assertThat(Checkpoint.parse(body + "extension\n\n" + line).text()).contains("extension");
        for (var bad : List.of(
                "",
                "\n",
                line + "\n",
                "- a " + base64(new byte[68]) + "\n",
                "\u2014 a b " + base64(new byte[68]) + "\n",
                "\u2014  " + base64(new byte[68]) + "\n",
                "\u2014 a+b " + base64(new byte[68]) + "\n",
                "\u2014 a\u00a0b " + base64(new byte[68]) + "\n",
                "\u2014 a \n",
                "\u2014 a " + base64(new byte[4]) + "\n",
                "\u2014 a " + base64(new byte[68]).replace("=", "") + "\n",
                "\u2014 a !!!!\n",
                line.strip(),
                line + "\u0000\n")) {
            assertThatThrownBy(() -> Checkpoint.parse(body + "\n" + bad))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void sixteenPostQuantumSignaturesFitAndThereIsALimit() {
        var large = "\u2014 a " + base64(new byte[5000]) + "\n";
        assertThat(Checkpoint.parse(SIGNED + large.repeat(16)).verify(log)).isTrue();
        var small = "\u2014 a " + base64(new byte[68]) + "\n";
        assertThat(Checkpoint.parse(SIGNED + small.repeat(63)).verify(log)).isTrue();
        assertThatThrownBy(() -> Checkpoint.parse(SIGNED + small.repeat(64)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Checkpoint.parse(SIGNED + large.repeat(60)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
