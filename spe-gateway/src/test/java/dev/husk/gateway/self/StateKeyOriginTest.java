package dev.husk.gateway.self;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.gateway.Configuration;
import dev.husk.gateway.attest.Verifier;
import dev.husk.gateway.log.LoggedEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateKeyOriginTest {
    private static final String PLATFORM = """
            {"name":"gateway","tee":"snp","binding":"sandbox","products":"any","measurements":["%s"],
             "hostData":"any","minimumTcb":"any","chips":"any","vmpl":["0"],"platformInfo":"any","idKeys":"any",
             "authorKeys":"any","providers":"none",
             "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any","ciphertextHiding":"any"}}
            """;

    @TempDir
    Path folder;

    private long index;

    private static String platform(int measurement) {
        return PLATFORM.formatted(("0" + measurement).repeat(48));
    }

    private StateKeyOrigin origin(String source, String peers) throws Exception {
        var file = Files.writeString(folder.resolve("peers.json"), peers);
        var configuration = new Configuration(
                new MapConfig(Map.of("HUSK_STATE_KEY_SOURCE", source, "HUSK_PEER_PLATFORM", file.toString())));
        return new StateKeyOrigin(
                configuration, new PeerJudge(configuration, new Verifier(), new OwnEvidence(configuration)));
    }

    private LoggedEvent event(String chain, String name, String stateKey) {
        var event = new JsonObject();
        event.addProperty("event", name);
        if (!stateKey.isEmpty()) {
            event.add("stateKey", JsonParser.parseString(stateKey));
        }
        return new LoggedEvent(index++, chain, event);
    }

    private LoggedEvent started(String source, String peers) {
        return event("_gateway", "gateway-started", "{\"source\":\"" + source + "\",\"peers\":" + peers + "}");
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    @Test
    void aGatewayThatHasReadNothingSaysWhatItIsTold() throws Exception {
        var origin = origin("snp:/k", platform(1));
        assertThat(origin.now()).isEqualTo(json("{\"source\":\"snp\",\"peers\":" + platform(1) + "}"));
        assertThat(origin.unread()).isEqualTo(json("{\"sources\":[\"snp\"],\"peers\":[" + platform(1) + "]}"));
        assertThat(origin.seen()).isEqualTo(origin.unread());
    }

    @Test
    void whatOtherStartsOfThisLogSaidStaysSaid() throws Exception {
        var origin = origin("snp:/k", platform(1));
        origin.take(started("snp", platform(2)));
        origin.take(started("file", "null"));
        origin.take(started("snp", platform(1)));
        origin.take(started("file", platform(2)));
        assertThat(origin.seen())
                .isEqualTo(
                        json("{\"sources\":[\"file\",\"snp\"],\"peers\":[" + platform(1) + "," + platform(2) + "]}"));
    }

    @Test
    void aStartThatDidNotSayIsUnknown() throws Exception {
        var origin = origin("snp:/k", platform(1));
        origin.take(event("_gateway", "gateway-started", ""));
        assertThat(origin.seen().get("sources")).isEqualTo(JsonParser.parseString("[\"snp\",\"unknown\"]"));
    }

    @Test
    void aNewStateKeyBeginsAnew() throws Exception {
        for (var name : new String[] {"gateway-recovered", "state-key-renewed"}) {
            var origin = origin("peer:https://gateway.example", platform(1));
            origin.take(started("file", platform(2)));
            origin.take(event("_gateway", name, ""));
            assertThat(origin.seen())
                    .as(name)
                    .isEqualTo(json("{\"sources\":[\"peer\"],\"peers\":[" + platform(1) + "]}"));
            origin.take(started("snp", platform(3)));
            assertThat(origin.seen().get("sources")).isEqualTo(JsonParser.parseString("[\"peer\",\"snp\"]"));
        }
    }

    @Test
    void aContractsEventsSayNothingAboutIt() throws Exception {
        var origin = origin("snp:/k", platform(1));
        origin.take(event("heart", "gateway-started", "{\"source\":\"file\",\"peers\":null}"));
        origin.take(event("heart", "state-key-renewed", ""));
        assertThat(origin.seen()).isEqualTo(origin.unread());
    }
}
