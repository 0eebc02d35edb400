package dev.husk.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void theExampleOfRfc8785ComesOutToTheByte() throws Exception {
        var input = """
            {"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
             "literals": [null, true, false]}""";
        assertThat(CanonicalJson.text(parse(input)))
                .isEqualTo("{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                        + "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }

    @ParameterizedTest
    @CsvSource({ // RFC 8785 appendix B
        "0000000000000000, 0",
        "8000000000000000, 0",
        "0000000000000001, 5e-324",
        "7fefffffffffffff, 1.7976931348623157e+308",
        "4340000000000000, 9007199254740992",
        "4430000000000000, 295147905179352830000",
        "44b52d02c7e14af5, 9.999999999999997e+22",
        "44b52d02c7e14af6, 1e+23",
        "44b52d02c7e14af7, 1.0000000000000001e+23",
        "444b1ae4d6e2ef4e, 999999999999999700000",
        "444b1ae4d6e2ef50, 1e+21",
        "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
        "3eb0c6f7a0b5ed8d, 0.000001",
        "41b3de4355555553, 333333333.3333332",
        "becbf647612f3696, -0.0000033333333333333333",
        "43143ff3c1cb0959, 1424953923781206.2",
    })
    void numbersAreWrittenAsEcmaScriptDoes(String bits, String expected) {
        assertThat(CanonicalJson.number(Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":2}",
                "{a:1}",
                "'a'",
                "NaN",
                "1e999",
                "01",
                "+1",
                "[1] 2",
                "\"\\ud800\"",
                "{\"a\":1}x",
                "// c\n1",
                "\"\t\"",
                "TRUE",
                "nul"
            })
    void whatIsNotStrictJsonIsRefused(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(MalformedJsonException.class);
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        assertThatThrownBy(() -> Json.parse(new byte[] {'"', (byte) 0xff, '"'}, 10))
                .isInstanceOf(MalformedJsonException.class);
        assertThatThrownBy(() -> Json.parse(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}, 10))
                .isInstanceOf(MalformedJsonException.class);
    }

    @Test
    void deepNestingAndLongInputAreRefusedWithoutOverflow() {
        assertThatThrownBy(() -> parse("[".repeat(100_000))).isInstanceOf(MalformedJsonException.class);
        assertThatThrownBy(() -> Json.parse(new byte[11], 10)).hasMessageContaining("10 bytes");
    }

    @Test
    void randomBytesAreReadOrRefusedAndCanonicalFormIsAFixedPoint() throws Exception {
        var random = new Random(1);
        var alphabet = "{}[]\",:0123456789.eE+-truefalsn\\u \n\u00e9".getBytes(StandardCharsets.UTF_8);
        int read = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = alphabet[random.nextInt(alphabet.length)];
            }
            try {
                byte[] canonical = CanonicalJson.encode(Json.parse(bytes, 100));
                assertThat(CanonicalJson.encode(Json.parse(canonical, 1000))).isEqualTo(canonical);
                read++;
            } catch (MalformedJsonException e) {
                assertThat(e).hasMessageNotContaining("Exception");
            }
        }
        assertThat(read).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AA==", "A", "AB", "A+", "A A", "A\n"})
    void base64urlHasOneSpelling(String text) {
        assertThatThrownBy(() -> Base64Url.decode(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static com.google.gson.JsonElement parse(String text) throws MalformedJsonException {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8), 1 << 20);
    }
}
