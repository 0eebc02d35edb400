package dev.husk.protocol.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any payload that a reader may have signed: read as it was written, or refused. */
class ResultRequestFuzzTest {
    static Stream<byte[]> statements() {
        return Stream.of(CanonicalJson.encode(ResultRequestTest.statement()), "{}".getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("statements")
    @FuzzTest
    void aRequestIsWrittenAsItWasReadOrRefused(byte[] bytes) {
        try {
            if (Json.parse(bytes, 1 << 16) instanceof JsonObject payload) {
                var again = payload.deepCopy();
                ResultRequest.parse(payload).addTo(again);
                assertThat(again).isEqualTo(payload);
            }
        } catch (MalformedJsonException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
