package dev.husk.kata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinnedTest {
    private static final String IMAGE = "registry.example.org/husk/java-husk@" + Samples.DIGEST;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry.example.org/husk/java-husk:1.0",
                "registry.example.org/husk/java-husk@sha256:1234",
                "registry.example.org/husk/java-husk@sha512:1111111111111111111111111111111111111111111111111111111111111111",
                "@sha256:1111111111111111111111111111111111111111111111111111111111111111",
                "",
            })
    void anImageWithoutItsDigestIsRefused(String image) {
        assertThatIllegalArgumentException().isThrownBy(() -> pinned(image, "/bin/java", 10001, "HOSTNAME"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "JAVA_TOOL_OPTIONS",
                "JDK_JAVA_OPTIONS",
                "_JAVA_OPTIONS",
                "CLASSPATH",
                "LD_PRELOAD",
                "PATH",
                "PYTORCH_LIBRARY_PATH",
                "https_proxy",
                "A=B",
                "",
            })
    void aVariableThatLoadsCodeIsNotTheHostsChoice(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> pinned(IMAGE, "/bin/java", 10001, name));
    }

    @Test
    void rootAndACommandFoundByPathAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> pinned(IMAGE, "/bin/java", 0, "HOSTNAME"));
        assertThatIllegalArgumentException().isThrownBy(() -> pinned(IMAGE, "java", 10001, "HOSTNAME"));
    }

    @Test
    void anImageCountsWithItsTagAndWithout() {
        assertThat(Samples.pinned().policyData())
                .contains(
                        "\"registry.example.org/husk/java-husk:1.0@" + Samples.DIGEST + "\"",
                        "\"registry.example.org/husk/java-husk@" + Samples.DIGEST + "\"");
    }

    @Test
    void thePolicyDataDoesNotDependOnTheOrderOfASet() {
        assertThat(Samples.pinned().policyData()).isEqualTo(Samples.pinned().policyData());
        assertThat(Samples.pinned().policyData()).containsSubsequence("HOSTNAME", "KUBERNETES_PORT\"", "__OW_API_HOST");
    }

    private static Pinned pinned(String image, String command, int user, String name) {
        return new Pinned(
                List.of(image),
                List.of(command),
                user,
                Map.of(),
                Set.of(name),
                URI.create("https://gateway.example.org"),
                Samples.CERTIFICATE);
    }
}
