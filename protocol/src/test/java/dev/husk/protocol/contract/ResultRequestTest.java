package dev.husk.protocol.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.MalformedJsonException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultRequestTest {
    private static final byte[] KEY = key();

    private static byte[] key() {
        byte[] key = new byte[32];
        key[0] = 7;
        return key;
    }

    static JsonObject statement() {
        var statement = new JsonObject();
        statement.addProperty("action", "read-result");
        statement.addProperty("contract", "sha256:" + "0".repeat(64));
        statement.addProperty("name", "heart-risk");
        statement.addProperty("party", "lab");
        statement.addProperty("time", "2026-11-28T20:00:00Z");
        new ResultRequest("risk-model", KEY, "n".repeat(16)).addTo(statement);
        return statement;
    }

    @Test
    void whatAStatementAsksForIsReadAgain() throws Exception {
        var request = ResultRequest.parse(statement());
        assertThat(request).isEqualTo(new ResultRequest("risk-model", KEY, "n".repeat(16)));
        assertThat(request.key()).isEqualTo(KEY);
        assertThat(request.toString()).isEqualTo("ResultRequest[risk-model]");
    }

    @Test
    void whoHoldsTheArrayCannotChangeTheKey() {
        byte[] mine = KEY.clone();
        var request = new ResultRequest("risk-model", mine, "n".repeat(16));
        mine[1] = 1;
        request.key()[2] = 1;
        assertThat(request.key()).isEqualTo(KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"action", "key", "nonce", "result"})
    void noMemberMayBeMissingOrNoText(String member) {
        var missing = statement();
        missing.remove(member);
        refused(missing, "no text " + member);
        for (var value : new String[] {"7", "true", "null", "[]", "{}", "[\"read-result\"]"}) {
            var other = statement();
            other.add(member, JsonParser.parseString(value));
            refused(other, "no text " + member);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "action, read-results, action is not read-result",
        "action, deposit, action is not read-result",
        "action, '', action is not read-result",
        "result, '', result is no name",
        "result, ../x, result is no name",
        "result, Model, result is no name",
        "result, -model, result is no name",
        "key, '', key is not 32 bytes",
        "key, AAAA, key is not 32 bytes",
        "key, AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB, key is not base64url",
        "key, AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, key is not base64url",
        "key, AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/A, key is not base64url",
        "key, AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA A, key is not base64url",
        "nonce, '', nonce is not",
        "nonce, nnnnnnnnnnnnnnn, nonce is not",
        "nonce, nnnnnnnnnnnnnnn., nonce is not",
        "nonce, nnnnnnnnnnnnnnné, nonce is not",
        "other, x, a member that is not known",
        "Result, risk-model, a member that is not known",
    })
    void whatIsNotOfItsFormIsRefused(String member, String value, String why) {
        var statement = statement();
        statement.addProperty(member, value);
        refused(statement, why);
    }

    @Test
    void whatIsTooLongIsRefused() {
        var name = statement();
        name.addProperty("result", "m".repeat(64));
        refused(name, "result is no name");
        var nonce = statement();
        nonce.addProperty("nonce", "n".repeat(65));
        refused(nonce, "nonce is not");
        var key = statement();
        key.addProperty("key", Base64Url.encode(new byte[33]));
        refused(key, "key is not 32 bytes");
    }

    private static void refused(JsonObject statement, String why) {
        assertThatThrownBy(() -> ResultRequest.parse(statement))
                .isInstanceOf(MalformedJsonException.class)
                .hasMessageStartingWith("the request for a result: ")
                .hasMessageContaining(why);
    }
}
