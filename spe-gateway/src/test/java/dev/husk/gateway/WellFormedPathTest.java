package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WellFormedPathTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "/kbs/v0/resource/a/b/key", "/a%20b", "/%C3%A9", "/%F0%9F%98%80", "/a%2Fb", "x=%25"})
    void whatDecodesPasses(String address) {
        assertThat(WellFormedPath.decodes(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/%", "/%4", "/%zz", "/%-1", "/%ff", "/%c0%af", "/%ed%a0%80", "/a%00", "/%7f", "/a b", "/\u00e9"
            })
    void whatDoesNotIsRefused(String address) {
        assertThat(WellFormedPath.decodes(address)).isFalse();
    }
}
