package dev.husk.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.protocol.run.RunStatement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each kind of event, as a person reads it. */
class EventWordsTest {
    private static final String DIGEST = "sha256:" + "ab".repeat(32);

    private static List<String> words(String json) {
        JsonObject event = JsonParser.parseString(json.replace('\'', '"')).getAsJsonObject();
        event.addProperty("time", "T");
        return EventWords.of(event);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {'event':'gateway-started'}                        | T  the gateway started
            {'event':'proposed','party':'anna','version':2}    | T  anna proposed the contract, version 2
            {'event':'accepted','party':'lab'}                 | T  lab accepted the contract
            {'event':'accepted','party':'lab','formerKey':true} | T  lab accepted the contract, under its former key
            {'event':'suspended','party':'lab'}                | T  lab SUSPENDED the contract
            {'event':'resumed','party':'lab'}                  | T  lab agreed to resume the contract
            {'event':'ended','party':'lab'}                    | T  lab ended the contract
            {'event':'lease-ended','sandbox':'s','reason':'suspended'} | T  the lease of sandbox s ended: suspended
            {'event':'refused','what':'bind','sandbox':'s'}    | T  REFUSED: bind, sandbox s
            {'event':'refused','what':'release','function':'train','activation':'a1'} | T  REFUSED: release for train, activation a1
            {'event':'refused','what':'b/key','function':'train','activation':''} | T  REFUSED: b/key for train
            {'event':'refused','what':'result','result':'model','party':'anna'} | T  REFUSED: result model to anna
            {'event':'result-read','result':'model','party':'lab','object':{'sha256':'sha256:b'}} | T  lab was given the key of result model (sha256:b)
            {'event':'result-read','result':'model','party':'lab'} | T  lab was given the key of result model (?)
            {'event':'sandbox-attested','sandbox':'s'}         | T  sandbox s attested again, to the same init-data
            {'event':'sandbox-bound','sandbox':'s','initData':'ab'} | T  sandbox s was bound to init-data ab
            {'event':'released','function':'train','resource':'a/key','reads':['a'],'writes':[],'sandbox':'s'} | T  keys RELEASED to train by resource a/key: reads a; writes nothing; sandbox s
            {'event':'invocation-key','function':'train','key':'k'} | T  requests to train are sealed to key k
            {'event':'witnessed','by':'w'}                     | T  witnessed {'event':'witnessed','by':'w','time':'T'}
            {'event':'accepted'}                               | T  ? accepted the contract
            """)
    void aShortEventIsOneLine(String json, String line) {
        assertThat(words(json)).containsExactly(line.replace('\'', '"'));
    }

    @Test
    void longDigestsAreShortenedAndSizesHaveUnits() {
        assertThat(words("{'event':'key-deposited','party':'anna','dataset':'anna-2025','size':2048,'sha256':'%s'}"
                        .formatted(DIGEST)))
                .containsExactly("T  anna deposited the key of anna-2025 (2.0 KiB, sha256:abababababab..)");
    }

    @Test
    void whatASimulatedSandboxGotSaysSo() {
        assertThat(words("{'event':'sandbox-bound','sandbox':'s','code':'%s','entry':'X','simulated':true}"
                        .formatted(DIGEST)))
                .containsExactly("T  sandbox s was bound to code sha256:abababababab.., entry X (SIMULATED)");
        assertThat(words("{'event':'released','function':'train','caller':'lab','reads':['a','b'],'writes':[],"
                        + "'parameters':{'epochs':5},'activation':'1','sandbox':'s','simulated':false}"))
                .containsExactly(
                        "T  keys RELEASED to train, called by lab: reads a, b; writes nothing; parameters {\"epochs\":5}; "
                                + "activation 1; sandbox s");
    }

    @Test
    void ofASealedRequestTheLogKnowsTheNamesAlone() {
        assertThat(words(
                        "{'event':'released','function':'infer','caller':'anna','sealed':true,'reads':['m'],'writes':[],"
                                + "'parameters':['note','rows'],'activation':'1','sandbox':'s','simulated':false}"))
                .containsExactly("T  keys RELEASED to infer, called by anna: reads m; writes nothing; "
                        + "sealed parameters note, rows; activation 1; sandbox s");
    }

    @Test
    void valuesThatAreForOthersAreSaidToBeWithheld() {
        assertThat(words("{'event':'released','function':'infer','reads':['m'],'writes':[],'parameters':['rows'],"
                        + "'details':'d','activation':'1','sandbox':'s','simulated':false}"))
                .containsExactly(
                        "T  keys RELEASED to infer: reads m; writes nothing; parameters rows (values withheld);"
                                + " activation 1; sandbox s");
    }

    private static RunStatement run(boolean success) {
        var now = Instant.parse("2026-11-25T10:00:00Z");
        return new RunStatement(
                success ? List.of(new RunStatement.Artifact("model", "sha256:" + "cd".repeat(32))) : List.of(),
                new RunStatement.ContractRef("c", "sha256:" + "c0".repeat(32)),
                "train",
                new RunStatement.Code("sha256:" + "0".repeat(64), "X"),
                new RunStatement.Parameters(List.of(), Optional.empty()),
                List.of(new RunStatement.Read("anna-2025", Optional.empty(), false)),
                new RunStatement.RunBy("sha256:" + "5".repeat(64), "sha256:" + "e".repeat(64)),
                "1",
                now,
                now,
                success);
    }

    @Test
    void aRunSaysWhatItReadAndWrote() {
        assertThat(words("{'event':'run','sandbox':'s','activation':'1','statement':"
                        + run(true).json() + "}"))
                .containsExactly("T  sandbox s reports a run, activation 1: train read anna-2025; "
                        + "wrote model (sha256:cdcdcdcdcdcd..)");
        assertThat(words("{'event':'run','sandbox':'s','activation':'1','statement':"
                        + run(false).json() + "}"))
                .containsExactly("T  sandbox s reports a run, activation 1: train FAILED; it read anna-2025; "
                        + "wrote nothing");
    }

    @Test
    void aRunInAnotherFormIsShownAsItIs() {
        assertThat(words("{'event':'run','sandbox':'s','activation':'1','statement':{'a':1}}"))
                .containsExactly("T  sandbox s reports a run, activation 1, in a form that is not known: {\"a\":1}");
        assertThat(words("{'event':'run','sandbox':'s','activation':'1'}"))
                .singleElement()
                .asString()
                .contains("null");
    }

    @Test
    void eachReasonOfARefusalIsALine() {
        assertThat(words("{'event':'refused','what':'release','reasons':[{'code':'A','detail':'b'},'c']}"))
                .containsExactly("T  REFUSED: release", "A: b", "\"c\"");
    }
}
