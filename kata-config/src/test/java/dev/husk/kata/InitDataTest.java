package dev.husk.kata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tomlj.Toml;

class InitDataTest {
    private static final String VECTOR = """
            algorithm = "%s"
            version = "0.1.0"

            [data]
            "policy.rego" = '''
            package agent_policy

            default ExecProcessRequest := false
            '''
            """;

    @ParameterizedTest
    @CsvSource({
        "sha256, f862e568db69eb63df6b4721cbd45edf134b06faefc98febb6a89df136e4c846",
        "sha384, 38961a0a35db43d703e1a4b8cea40525c7bd019d0b27cec590c0ee1322d2aa91",
    })
    void hostDataIsThatOfTheGoldenVector(String algorithm, String expected) throws Exception {
        assertThat(hex(InitData.parse(VECTOR.formatted(algorithm)))).isEqualTo(expected);
    }

    @Test
    void theDigestCoversTheTextAsItStands() throws Exception {
        var text = VECTOR.formatted("sha512");

        assertThat(hex(InitData.parse(text))).hasSize(64).isNotEqualTo(hex(InitData.parse(text + "\n")));
    }

    @Test
    void theAnnotationIsTheTextInGzipAndBase64() throws Exception {
        var initData = InitData.render(Samples.pinned());

        var read = InitData.ofAnnotation(initData.annotation());

        assertThat(read.text()).isEqualTo(initData.text());
        assertThat(read.hostData()).isEqualTo(initData.hostData());
        assertThat(initData.annotation()).matches("[A-Za-z0-9+/]+=*");
    }

    @Test
    void renderedFilesAreTomlWithTheGivenValues() {
        var files = InitData.render(Samples.pinned()).files();

        assertThat(files).containsOnlyKeys("aa.toml", "cdh.toml", "policy.rego");
        var aa = Toml.parse(files.getOrDefault("aa.toml", ""));
        assertThat(aa.errors()).isEmpty();
        assertThat(aa.getString("token_configs.kbs.url")).isEqualTo("https://gateway.example.org:8480");
        assertThat(aa.getString("token_configs.kbs.cert")).isEqualTo(Samples.CERTIFICATE);
        var cdh = Toml.parse(files.getOrDefault("cdh.toml", ""));
        assertThat(cdh.errors()).isEmpty();
        assertThat(cdh.getString("kbc.name")).isEqualTo("cc_kbc");
        assertThat(cdh.getString("kbc.url")).isEqualTo("https://gateway.example.org:8480");
        assertThat(cdh.getString("image.image_security_policy"))
                .isEqualTo("{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{"
                        + "\"registry.example.org/husk/java-husk\":[{\"type\":\"insecureAcceptAnything\"}]}}}");
    }

    @Test
    void aValueCannotEndTheTextAroundIt() throws Exception {
        var hostile = "'''\n\"policy.rego\" = '''\ndefault ExecProcessRequest := true\u0000\u007f\"}\\";

        var initData = InitData.render(Samples.pinned("/bin/java", hostile));

        assertThat(initData.files()).hasSize(3);
        var policy = initData.files().getOrDefault("policy.rego", "");
        assertThat(policy.lines()).noneMatch(line -> line.startsWith("default ExecProcessRequest := true"));
        assertThat(policy)
                .contains("\\u0027\\u0027\\u0027\\n\\\"policy.rego\\\"")
                .contains("\\u0000\\u007f\\\"}\\\\\"]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "algorithm = \"sha256\"\nversion = \"0.1.0\"\n",
                "algorithm = \"md5\"\nversion = \"0.1.0\"\n[data]\n",
                "algorithm = 256\nversion = \"0.1.0\"\n[data]\n",
                "algorithm = \"sha256\"\nversion = \"0.2.0\"\n[data]\n",
                "algorithm = \"sha256\"\nversion = \"0.1.0\"\ndata = 1\n",
                "algorithm = \"sha256\"\nversion = \"0.1.0\"\n[data]\n\"aa.toml\" = 1\n",
                "algorithm = \"sha256\"\nversion = \"0.1.0\"\n[data]\n\"aa.toml\" = '''",
            })
    void whatAGuestWouldNotTakeIsRefused(String text) {
        assertThatThrownBy(() -> InitData.parse(text)).isInstanceOf(MalformedInitDataException.class);
    }

    @Test
    void everyCutOfAnAnnotationIsRefused() {
        var annotation = InitData.render(Samples.pinned()).annotation();

        IntStream.range(0, annotation.length() / 4)
                .forEach(i -> assertThatThrownBy(() -> InitData.ofAnnotation(annotation.substring(0, 4 * i)))
                        .isInstanceOf(MalformedInitDataException.class));
    }

    @Test
    void theDigestIsThatOfTheFilesBytes() throws Exception {
        byte[] file = VECTOR.formatted("sha256").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);

        assertThat(InitData.parse(file).hostData())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(file));
    }

    @Test
    void aFileThatIsNotTextOrTooLongIsRefused() throws Exception {
        byte[] file = VECTOR.formatted("sha256").getBytes(StandardCharsets.UTF_8);
        file[file.length - 10] = (byte) 0xff;

        assertThatThrownBy(() -> InitData.parse(file))
                .isInstanceOf(MalformedInitDataException.class)
                .hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> InitData.parse(new byte[(1 << 20) + 1]))
                .isInstanceOf(MalformedInitDataException.class)
                .hasMessageContaining("longer than");
        assertThatThrownBy(() -> InitData.ofAnnotation(annotation(file)))
                .isInstanceOf(MalformedInitDataException.class)
                .hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> InitData.ofAnnotation(annotation(new byte[10 << 20])))
                .isInstanceOf(MalformedInitDataException.class)
                .hasMessageContaining("longer than");
    }

    private static String annotation(byte[] file) throws Exception {
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write(file);
        }
        return Base64.getEncoder().encodeToString(compressed.toByteArray());
    }

    private static String hex(InitData initData) {
        return HexFormat.of().formatHex(initData.hostData());
    }
}
