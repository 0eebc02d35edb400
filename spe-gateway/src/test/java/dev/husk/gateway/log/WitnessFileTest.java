package dev.husk.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.log.WitnessKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WitnessFileTest {
    @TempDir
    private Path folder;

    private static String key(String name) {
        try (var signer = PartySigner.generate()) {
            return WitnessKey.of(name, signer.key().raw()).text();
        }
    }

    private String problem(String policy) throws IOException {
        var file = Files.writeString(folder.resolve("policy"), policy);
        var problem = new String[1];
        assertThatThrownBy(() -> WitnessFile.read(file))
                .isInstanceOf(IllegalStateException.class)
                .satisfies(e -> problem[0] = e.getMessage());
        return problem[0];
    }

    @Test
    void aPolicyOfWitnessesWithAddressesIsRead() throws Exception {
        var file = Files.writeString(
                folder.resolve("policy"),
                "witness a %s https://a.example/w\nwitness b %s http://b.example\ngroup g any a b\nquorum g\n"
                        .formatted(key("a.example"), key("b.example")));
        var policy = WitnessFile.read(file);
        assertThat(policy.witnesses()).extracting("name").containsExactly("a", "b");
        assertThat(policy.isReached(java.util.List.of("b"))).isTrue();
        assertThat(policy.isReached(java.util.List.of())).isFalse();
    }

    @Test
    void whatIsWrongWithAPolicyIsSaid() throws Exception {
        assertThat(problem("quorum none\nwitness a\n"))
                .isEqualTo("HUSK_WITNESSES: line 2 of the policy: too few or too many words");
        assertThat(problem("witness a " + key("a.example") + "\nquorum a\n"))
                .isEqualTo("HUSK_WITNESSES: the witness a needs an http or https URL");
        assertThat(problem("witness a " + key("a.example") + " ftp://a.example\nquorum a\n"))
                .isEqualTo("HUSK_WITNESSES: the witness a needs an http or https URL");
        assertThat(problem("")).isEqualTo("HUSK_WITNESSES: the policy has no quorum line");
        var many = new StringBuilder();
        for (int i = 0; i < 33; i++) {
            many.append("witness w%d %s http://w.example/%d\n".formatted(i, key("w" + i), i));
        }
        assertThat(problem(many + "quorum none\n")).isEqualTo("HUSK_WITNESSES: more than 32 witnesses");
        assertThatThrownBy(() -> WitnessFile.read(folder.resolve("nothing")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("HUSK_WITNESSES cannot be read")
                .hasMessageContaining("nothing");
    }
}
