package dev.husk.openwhisk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The rules of {@code ExecManifest.scala}, and what our kinds need beyond them. */
class RuntimesManifestTest {
    private static final String DURATION = "[0-9]+ (milliseconds|seconds?|minutes?|hours?)";

    @Test
    void aFamilyOfSeveralKindsHasExactlyOneDefault() throws Exception {
        for (var family :
                Deployment.json("runtimes.json").getAsJsonObject("runtimes").entrySet()) {
            var kinds = family.getValue().getAsJsonArray();
            var defaults = StreamSupport.stream(kinds.spliterator(), false)
                    .map(JsonElement::getAsJsonObject)
                    .filter(kind -> kind.has("default") && kind.get("default").getAsBoolean())
                    .count();
            assertThat(kinds).isNotEmpty();
            assertThat(kinds.size() == 1 || defaults == 1).as(family.getKey()).isTrue();
        }
    }

    @Test
    void theKindsAreNamedLiterally() throws Exception {
        // A family name with a dash is no alias in OpenWhisk, so "java-husk:default" is looked up as it stands.
        assertThat(Deployment.kinds().stream().map(kind -> kind.get("kind").getAsString()))
                .containsExactly("java-husk:default", "java-husk-djl:default");
        for (var family :
                Deployment.json("runtimes.json").getAsJsonObject("runtimes").entrySet()) {
            assertThat(family.getValue()
                            .getAsJsonArray()
                            .get(0)
                            .getAsJsonObject()
                            .get("kind")
                            .getAsString())
                    .isEqualTo(family.getKey() + ":default");
        }
    }

    @Test
    void everyMemberIsOneThatExecManifestReads() throws Exception {
        assertThat(Deployment.json("runtimes.json").keySet())
                .isSubsetOf("runtimes", "blackboxes", "bypassPullForLocalImages");
        for (var kind : Deployment.kinds()) {
            assertThat(kind.keySet())
                    .isSubsetOf(
                            "kind",
                            "image",
                            "deprecated",
                            "default",
                            "attached",
                            "requireMain",
                            "sentinelledLogs",
                            "stemCells");
            assertThat(kind.keySet()).contains("kind", "image");
            assertThat(kind.getAsJsonObject("image").keySet()).isSubsetOf("registry", "prefix", "name", "tag");
        }
    }

    @Test
    void codeIsAttachedAndNamesItsMain() throws Exception {
        assertThat(Deployment.kinds()).allSatisfy(kind -> {
            assertThat(kind.get("requireMain").getAsBoolean()).isTrue();
            assertThat(kind.getAsJsonObject("attached").get("attachmentName").getAsString())
                    .isEqualTo("codefile");
            assertThat(kind.getAsJsonObject("attached").get("attachmentType").getAsString())
                    .isEqualTo("text/plain");
        });
    }

    @Test
    void everyImageHasItsDigest() throws Exception {
        assertThat(Deployment.kinds().stream().map(Deployment::image).toList())
                .doesNotHaveDuplicates()
                .allMatch(image -> image.matches("[a-z0-9.]+/[a-z]+/[a-z-]+:[0-9.]+@sha256:[0-9a-f]{64}"));
    }

    @Test
    void stemCellsAreSizedAsActionsMayBe() throws Exception {
        for (var kind : Deployment.kinds()) {
            assertThat(kind.getAsJsonArray("stemCells")).isNotEmpty();
            for (var element : kind.getAsJsonArray("stemCells")) {
                var cell = element.getAsJsonObject();
                assertThat(cell.keySet()).isEqualTo(Set.of("initialCount", "memory", "reactive"));
                assertThat(cell.get("initialCount").getAsInt()).isPositive();
                assertThat(cell.get("memory").getAsString()).matches("[0-9]+ MB");
                reactive(cell.getAsJsonObject("reactive"));
            }
        }
    }

    private static void reactive(JsonObject reactive) {
        assertThat(reactive.keySet()).isEqualTo(Set.of("minCount", "maxCount", "ttl", "threshold", "increment"));
        assertThat(reactive.get("minCount").getAsInt()).isNotNegative();
        assertThat(reactive.get("maxCount").getAsInt())
                .isPositive()
                .isGreaterThanOrEqualTo(reactive.get("minCount").getAsInt());
        assertThat(reactive.get("ttl").getAsString()).matches(DURATION);
        assertThat(reactive.get("threshold").getAsInt()).isPositive();
        assertThat(reactive.get("increment").getAsInt()).isPositive();
    }
}
