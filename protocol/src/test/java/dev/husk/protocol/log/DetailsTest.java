package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import org.junit.jupiter.api.Test;

/** Parts of events that not every party may read. */
class DetailsTest {
    private static final String SALT = Base64Url.encode(new byte[32]);

    private static JsonObject object(String name, String value) {
        var object = new JsonObject();
        object.addProperty(name, value);
        return object;
    }

    @Test
    void theEventHoldsTheDigestAndNothingOfWhatIsBehindIt() {
        var details = Details.ofRun(SALT, object("rows", "17,3"));
        var event = object("event", "released");
        event.addProperty("details", details.digest());
        assertThat(event.toString()).doesNotContain("17,3");
        assertThat(details.belongTo(event)).isTrue();
        assertThat(Details.ofRun(SALT, object("rows", "17,4")).belongTo(event)).isFalse();
        assertThat(new Details(Base64Url.random(32), details.values()).belongTo(event))
                .isFalse();
        assertThat(details.belongTo(object("event", "released"))).isFalse();
        var odd = new JsonObject();
        odd.add("details", new JsonArray());
        assertThat(details.belongTo(odd)).isFalse();
    }

    @Test
    void whoMayReadThemReadsTheWholeEvent() {
        var event = object("event", "released");
        event.add("parameters", new JsonArray());
        event.addProperty("details", "digest");
        var whole = Details.ofRun(SALT, object("rows", "17,3")).within(event);
        assertThat(whole.toString()).isEqualTo("{\"event\":\"released\",\"parameters\":{\"rows\":\"17,3\"}}");
        // They add to an event, and do not make another of it.
        assertThat(new Details(SALT, object("event", "refused")).within(event).get("event"))
                .isEqualTo(event.get("event"));
    }

    @Test
    void longValuesAreCountedRatherThanKept() {
        var details = Details.ofRun(SALT, object("rows", "x".repeat(1000)));
        assertThat(details.values().getAsJsonObject("parameters").get("rows").getAsString())
                .isEqualTo("(1002 characters)");
    }

    @Test
    void aShortSaltIsNone() {
        assertThatThrownBy(() -> new Details(Base64Url.encode(new byte[16]), new JsonObject()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
