package dev.husk.peek;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.infer.FakeContext;
import org.junit.jupiter.api.Test;

class PeekActionTest {
    private static JsonObject parameters(String dataset) {
        var parameters = new JsonObject();
        parameters.addProperty("dataset", dataset);
        return parameters;
    }

    @Test
    void theRefusalIsItsAnswer() {
        assertThat(PeekAction.main(parameters("anna-2025"), new FakeContext()).toString())
                .isEqualTo("{\"error\":\"anna-2025: not granted (reads does not name it)\"}");
    }

    @Test
    void itWouldSayHowMuchItGot() {
        var context = new FakeContext().with("anna-2025", new byte[1234]);

        assertThat(PeekAction.main(parameters("anna-2025"), context).toString()).isEqualTo("{\"bytes\":1234}");
    }

    @Test
    void itNeedsAName() {
        assertThat(PeekAction.main(new JsonObject(), new FakeContext())
                        .get("error")
                        .getAsString())
                .isEqualTo("parameter dataset: must name a dataset");
    }
}
