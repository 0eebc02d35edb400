package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.contract.PartySigner;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WitnessPolicyTest {
    private static final List<PartySigner> SIGNERS = signers();
    private static final WitnessedLog LOG = new WitnessedLog(3);

    private static List<PartySigner> signers() {
        var signers = new ArrayList<PartySigner>();
        for (int i = 0; i < 6; i++) {
            signers.add(PartySigner.generate());
        }
        return signers;
    }

    private static String name(int number) {
        return "witness.example/" + number;
    }

    private static String vkey(int number) {
        return WitnessKey.of(name(number), SIGNERS.get(number).key().raw()).text();
    }

    private static WitnessPolicy parse(String text) throws MalformedLogException {
        return WitnessPolicy.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Checkpoint cosignedBy(int... witnesses) {
        var checkpoint = LOG.checkpoint(3);
        for (int number : witnesses) {
            checkpoint = checkpoint.cosign(name(number), SIGNERS.get(number), 1000 + number);
        }
        return checkpoint;
    }

    private static String twoLevels() {
        return """
                # who watches
                log %s https://log.example/

                witness X1 %s https://x1.example/sub
                witness X2 %s
                \twitness  X3\t%s\s
                group X-witnesses 2 X1 X2 X3
                witness Y1 %s
                witness Y2 %s
                group Y-witnesses any Y1 Y2
                group X-and-Y all X-witnesses Y-witnesses
                quorum X-and-Y
                """.formatted(LOG.key(), vkey(0), vkey(1), vkey(2), vkey(3), vkey(4));
    }

    @Test
    void groupsInGroupsAreCounted() throws Exception {
        var policy = parse(twoLevels());
        assertThat(policy.logs()).containsExactly(LOG.key());
        assertThat(policy.witnesses())
                .extracting(WitnessPolicy.Witness::name)
                .containsExactly("X1", "X2", "X3", "Y1", "Y2");
        assertThat(policy.witnesses().get(0).url()).hasValue(URI.create("https://x1.example/sub"));
        assertThat(policy.witnesses().get(1).url()).isEmpty();
        assertThat(policy.judge(cosignedBy(0, 2, 4)).enough()).isTrue();
        assertThat(policy.judge(cosignedBy(0, 1, 2, 3, 4)).enough()).isTrue();
        assertThat(policy.judge(cosignedBy(0, 4)).enough()).isFalse();
        assertThat(policy.judge(cosignedBy(0, 1, 2)).enough()).isFalse();
        assertThat(policy.judge(cosignedBy(0, 5, 3)).enough()).isFalse();
        assertThat(policy.judge(LOG.checkpoint(3)).enough()).isFalse();
    }

    @Test
    void theJudgementNamesWhoCosignedAndWhen() throws Exception {
        var judged = parse(twoLevels()).judge(cosignedBy(0, 5, 3));
        assertThat(judged.cosigned()).hasSize(2).containsEntry("X1", 1000L).containsEntry("Y1", 1003L);
        assertThat(judged.newest()).hasValue(1003);
        assertThat(parse(twoLevels()).judge(LOG.checkpoint(3)).newest()).isEmpty();
    }

    @Test
    void aCosignatureThatDoesNotVerifyCountsForNobodyAndSpoilsTheRest() throws Exception {
        var forged = cosignedBy(0, 1, 3);
        var wrong = LOG.checkpoint(2).cosign(name(2), SIGNERS.get(2), 1).text();
        var line = wrong.substring(wrong.lastIndexOf('\u2014'));
        var judged = parse(twoLevels()).judge(Checkpoint.parse(forged.text() + line));
        assertThat(judged.cosigned()).containsOnlyKeys("X1", "X2", "Y1");
        assertThat(judged.forged()).containsExactly("X3");
        assertThat(judged.enough()).isFalse();
        assertThat(parse(twoLevels()).judge(forged).enough()).isTrue();
    }

    @Test
    void oneWitnessSigningTwiceCountsOnce() throws Exception {
        var policy = parse("witness a %s\nwitness b %s\ngroup g all a b\nquorum g\n".formatted(vkey(0), vkey(1)));
        var twice = cosignedBy(0).cosign(name(0), SIGNERS.get(0), 2000);
        assertThat(policy.judge(twice).cosigned()).containsOnlyKeys("a").containsEntry("a", 2000L);
        assertThat(policy.judge(twice).enough()).isFalse();
    }

    @Test
    void aQuorumMayBeOneWitnessOrNone() throws Exception {
        var one = parse("witness a %s\nwitness b %s\nquorum b".formatted(vkey(0), vkey(1)));
        assertThat(one.judge(cosignedBy(0)).enough()).isFalse();
        assertThat(one.judge(cosignedBy(1)).enough()).isTrue();
        var none = parse("quorum none\n");
        assertThat(none.judge(LOG.checkpoint(3)).enough()).isTrue();
        assertThat(none.witnesses()).isEmpty();
        assertThat(WitnessPolicy.none().judge(LOG.checkpoint(3)).enough()).isTrue();
    }

    @Test
    void anyNumberOfSomeWitnessesIsAPolicyToo() {
        var some = new ArrayList<WitnessPolicy.Witness>();
        for (int i = 0; i < 3; i++) {
            some.add(new WitnessPolicy.Witness("w" + i, WitnessKey.parse(vkey(i)), Optional.empty()));
        }
        assertThat(WitnessPolicy.of(2, some).judge(cosignedBy(0, 2)).enough()).isTrue();
        assertThat(WitnessPolicy.of(2, some).judge(cosignedBy(0)).enough()).isFalse();
        assertThatThrownBy(() -> WitnessPolicy.of(4, some)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WitnessPolicy.of(-1, some)).isInstanceOf(IllegalArgumentException.class);
        some.add(new WitnessPolicy.Witness("w9", WitnessKey.parse(vkey(0)), Optional.empty()));
        assertThatThrownBy(() -> WitnessPolicy.of(2, some)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatDoesNotFollowTheFormatIsRefusedWithItsLine() {
        var a = "witness a " + vkey(0) + "\n";
        var b = "witness b " + vkey(1) + "\n";
        for (var bad : List.of(
                a + "witness b " + vkey(0) + "\nquorum a\n",
                a + "witness a " + vkey(1) + "\nquorum a\n",
                a + b + "group a any b\nquorum a\n",
                a + "witness none " + vkey(1) + "\nquorum a\n",
                a + "group none any a\nquorum none\n",
                a + "group g any none\nquorum g\n",
                a + "group g any g\nquorum g\n",
                a + "group g any b\n" + b + "quorum g\n",
                a + "group g any a a\nquorum g\n",
                a + "group g any a\ngroup h any a\nquorum g\n",
                a + "group g 0 a\nquorum g\n",
                a + "group g 2 a\nquorum g\n",
                a + "group g 01 a\nquorum g\n",
                a + "group g most a\nquorum g\n",
                a + "group g any\nquorum g\n",
                a + "quorum c\n",
                a + "quorum a\nquorum a\n",
                a + "quorum\n",
                a + "quorum a b\n",
                "witness a\nquorum a\n",
                "witness a " + LOG.key() + "\nquorum a\n",
                "log " + vkey(0) + "\nquorum none\n",
                "log " + LOG.key() + "\nlog " + LOG.key() + "\nquorum none\n",
                "log\nquorum none\n",
                "log " + LOG.key() + " u v\nquorum none\n",
                "witness a " + vkey(0) + " http://[\nquorum a\n",
                a.replace(" a ", "\u00a0a ") + "quorum a\n",
                a.replace("\n", "\r\n") + "quorum a\n",
                a + "Quorum a\n",
                a + "quorum a # really\n")) {
            assertThatThrownBy(() -> parse(bad))
                    .as(bad)
                    .isInstanceOf(MalformedLogException.class)
                    .hasMessageContaining("line ");
        }
        assertThatThrownBy(() -> parse("")).hasMessageContaining("no quorum");
        assertThatThrownBy(() -> parse("#".repeat(1 << 17))).hasMessageContaining("larger");
    }

    @Test
    void octetsOutsideOfAsciiAreOpaque() throws Exception {
        byte[] comment = {'#', ' ', (byte) 0xff, '\n'};
        byte[] rest = "witness K %s\nwitness \u212a %s\nquorum \u212a\n"
                .formatted(vkey(0), vkey(1))
                .getBytes(StandardCharsets.UTF_8);
        byte[] file = java.util.Arrays.copyOf(comment, comment.length + rest.length);
        System.arraycopy(rest, 0, file, comment.length, rest.length);
        var policy = WitnessPolicy.parse(file);
        assertThat(policy.judge(cosignedBy(0)).enough()).isFalse();
        assertThat(policy.judge(cosignedBy(1)).cosigned()).containsOnlyKeys("\u212a");
        assertThat(policy.judge(cosignedBy(1)).enough()).isTrue();
    }

    @Test
    void asManyAsTheSpecificationAsksForFit() throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < 32; i++) {
            try (var log = PartySigner.generate();
                    var witness = PartySigner.generate()) {
                text.append("log ")
                        .append(VerifierKey.of("log.example/" + i, log.key().raw()))
                        .append('\n');
                text.append("witness w%d %s https://w%d.example/\n"
                        .formatted(
                                i, WitnessKey.of("w.example/" + i, witness.key().raw()), i));
                text.append("group g%d any w%d%s\n".formatted(i, i, i == 0 ? "" : " g" + (i - 1)));
            }
        }
        assertThat(parse(text + "quorum g31\n").witnesses()).hasSize(32);
    }
}
