package dev.husk.protocol.kbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitDataTest {
    private static final String KNOWN = "algorithm = \"sha384\"\nversion = \"0.1.0\"\n\n[data]\n"
            + "\"key1\" = '''value1'''\n\"key2\" = '''value2'''\n";

    @Test
    void theKnownAnswerIsTheDigestOfTheWholeText() {
        var initData = InitData.ofToml(KNOWN);
        assertThat(KNOWN).hasSize(91);
        assertThat(initData.algorithm()).isEqualTo("sha384");
        assertThat(HexFormat.of().formatHex(initData.digest()))
                .isEqualTo(
                        "c4a753c59b27454170c1a530881bb3e71ab4ae539a4a6cf88914d8895e7506c500f69f8b6cdf226a54acad366eab6927");
        assertThat(initData.hostData()).isEqualTo(Arrays.copyOf(initData.digest(), 32));
    }

    @Test
    void theKnownAnswerOfKatasOwnInitDataIsThatOfSha256() {
        var toml = "algorithm = \"sha256\"\nversion = \"0.1.0\"\n\n[data]\n\"policy.rego\" = '''\n"
                + "package agent_policy\n\ndefault ExecProcessRequest := false\n'''\n";
        assertThat(HexFormat.of().formatHex(InitData.ofToml(toml).hostData()))
                .isEqualTo("f862e568db69eb63df6b4721cbd45edf134b06faefc98febb6a89df136e4c846");
    }

    @ParameterizedTest
    @CsvSource({"sha256, 32", "sha384, 48", "sha512, 64"})
    void theTextNamesItsOwnHash(String algorithm, int length) {
        var initData = InitData.ofToml(KNOWN.replace("sha384", algorithm));
        assertThat(initData.digest()).hasSize(length);
        assertThat(initData.hostData()).hasSize(32).isEqualTo(Arrays.copyOf(initData.digest(), 32));
    }

    @Test
    void everyCharacterCounts() {
        for (int i = KNOWN.indexOf("[data]") + 7; i < KNOWN.length(); i++) {
            var changed = KNOWN.substring(0, i) + (KNOWN.charAt(i) == 'x' ? 'y' : 'x') + KNOWN.substring(i + 1);
            assertThat(InitData.ofToml(changed).digest())
                    .isNotEqualTo(InitData.ofToml(KNOWN).digest());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version = '0.1.0'\r\nalgorithm = 'sha256'\r\n[data]\r\n",
                "# a comment\n\"algorithm\"=\"sha256\" # another\n  version = \"0.1.0\"\n",
                "version = \"0.1.0\"\nalgorithm = \"sha256\"\n[data]\nalgorithm = \"sha512\"\n"
            })
    void theHeadMayBeWrittenInTomlsOtherWays(String toml) {
        assertThat(InitData.ofToml(toml).algorithm()).isEqualTo("sha256");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[data]\n",
                "version = \"0.1.0\"\n[data]\nalgorithm = \"sha256\"\n",
                "algorithm = \"sha256\"\n",
                "algorithm = \"sha256\"\nversion = \"0.2.0\"\n",
                "algorithm = \"sm3\"\nversion = \"0.1.0\"\n",
                "algorithm = \"SHA256\"\nversion = \"0.1.0\"\n",
                "algorithm = sha256\nversion = \"0.1.0\"\n",
                "algorithm = \"sha256\"\nalgorithm = \"sha512\"\nversion = \"0.1.0\"\n",
                "x = '''\nalgorithm = \"sha256\"\n'''\nalgorithm = \"sha512\"\nversion = \"0.1.0\"\n",
                "algorithm = \"sha\\u0032\"\nversion = \"0.1.0\"\n",
                "algorithm = { a = 1 }\nversion = \"0.1.0\"\n",
                "{\"algorithm\":\"sha256\",\"version\":\"0.1.0\"}"
            })
    void aTextThatDoesNotSayHowItIsHashedIsRefused(String toml) {
        assertThatThrownBy(() -> InitData.ofToml(toml)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNullIsNotThere() {
        assertThat(InitData.parse(JsonNull.INSTANCE)).isEmpty();
    }

    @Test
    void anotherFormatOrTypeIsRefused() {
        var good = new JsonObject();
        good.addProperty("format", "toml");
        good.addProperty("body", KNOWN);
        assertThat(InitData.parse(good)).isPresent();
        assertThatThrownBy(() -> InitData.parse(new JsonArray())).isInstanceOf(IllegalArgumentException.class);
        for (var member : good.keySet()) {
            var without = good.deepCopy();
            without.remove(member);
            assertThatThrownBy(() -> InitData.parse(without)).isInstanceOf(IllegalArgumentException.class);
            var number = good.deepCopy();
            number.addProperty(member, 1);
            assertThatThrownBy(() -> InitData.parse(number)).isInstanceOf(IllegalArgumentException.class);
        }
        var json = good.deepCopy();
        json.addProperty("format", "json");
        assertThatThrownBy(() -> InitData.parse(json)).isInstanceOf(IllegalArgumentException.class);
        var tooLong = good.deepCopy();
        tooLong.addProperty("body", KNOWN + "#".repeat(1 << 20));
        assertThatThrownBy(() -> InitData.parse(tooLong)).isInstanceOf(IllegalArgumentException.class);
    }
}
