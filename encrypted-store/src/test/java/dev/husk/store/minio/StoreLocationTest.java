package dev.husk.store.minio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreLocationTest {
    @Test
    void aLocationIsABucketAndAKey() {
        var location = StoreLocation.parse("s3://husk/heart-risk/anna 2025.csv");
        assertThat(location).isEqualTo(new StoreLocation("husk", "heart-risk/anna 2025.csv"));
        assertThat(location).hasToString("s3://husk/heart-risk/anna 2025.csv");
        assertThat(StoreLocation.parse("s3://a.b-c/...").key()).isEqualTo("...");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s3://",
                "s3:/husk/x",
                "http://husk/x",
                "husk/x",
                "s3://husk",
                "s3://husk/",
                "s3:///x",
                "s3://hu/x",
                "s3://Husk/x",
                "s3://-husk/x",
                "s3://husk-/x",
                "s3://hu..sk/x",
                "s3://husk//x",
                "s3://husk/x/",
                "s3://husk/./x",
                "s3://husk/x/../y",
                "s3://husk/..",
                "s3://husk/a\\b",
                "s3://husk/a\nb"
            })
    void anythingElseIsRefusedInOneLine(String text) {
        assertThatThrownBy(() -> StoreLocation.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aKeyHasAtMostAThousandAndTwentyFourBytes() {
        assertThat(new StoreLocation("husk", "ä".repeat(512)).key()).hasSize(512);
        assertThatThrownBy(() -> new StoreLocation("husk", "ä".repeat(512) + "a"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
