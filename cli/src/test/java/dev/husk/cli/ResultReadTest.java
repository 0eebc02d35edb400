package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.WitnessKey;
import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code husk result read}: only a proven reading is opened, and only a whole result becomes a file. */
class ResultReadTest {
    private static final String OBJECT = "/husk/risk-model";
    private static final byte[] MODEL = "the model".repeat(200_000).getBytes(StandardCharsets.UTF_8);
    private static final byte[] KEY = new byte[32];

    @TempDir
    Path folder;

    private Path out;
    private Desk desk;
    private Contract contract;
    private FakeGateway gateway;
    private FakeStore store;

    @BeforeEach
    void start() throws Exception {
        desk = new Desk(folder);
        contract = contract("[\"anna\"]");
        gateway = new FakeGateway(contract);
        store = new FakeStore();
        desk.set("HUSK_GATEWAY", gateway.url());
        desk.pinAndVerify();
        out = Files.createDirectory(folder.resolve("results")).resolve("risk-model.safetensors");
        stored(sealed("heart-risk/risk-model", MODEL));
    }

    @AfterEach
    void stop() {
        gateway.close();
        store.close();
    }

    private Contract contract(String readers) throws Exception {
        var json = desk.contract().json();
        var result = json.getAsJsonArray("results").get(0).getAsJsonObject();
        result.getAsJsonObject("readers").add("parties", JsonParser.parseString(readers));
        return Contract.parse(json);
    }

    private static byte[] sealed(String identity, byte[] plain) throws IOException {
        var sealed = new ByteArrayOutputStream();
        try (var key = DataKey.of(KEY);
                var writer = SealedObject.writer(sealed, key, identity)) {
            writer.write(plain);
        }
        return sealed.toByteArray();
    }

    /** Lets the store have these bytes, and the gateway know of them. */
    private void stored(byte[] object) {
        store.objects.put(OBJECT, object);
        gateway.readable = Optional.of(new FakeGateway.Readable(
                KEY, Digests.sha256(object), store.url() + OBJECT.substring(1) + "?X-Amz-Signature=s"));
    }

    private Desk.Outcome read(String... more) {
        return readAs("anna", "risk-model", more);
    }

    private Desk.Outcome readAs(String party, String result, String... more) {
        var all = new ArrayList<>(List.of("result", "read", "heart-risk", result, "--as", party, "-o", out.toString()));
        all.addAll(List.of(more));
        return desk.husk(all.toArray(String[]::new));
    }

    private void nothingWasWritten() throws IOException {
        try (var files = Files.list(out.getParent())) {
            assertThat(files).isEmpty();
        }
    }

    private void notProven(String why) throws IOException {
        read().failsWith(1, "the reading is not proven, the key was not used: " + why);
        assertThat(store.seen).isEmpty();
        nothingWasWritten();
    }

    @Test
    void aReaderGetsTheResultAndTheLogHoldsItsOwnStatement() throws Exception {
        read().succeeds("result risk-model of contract heart-risk, 1.7 MiB, sealed as sha256:", "SIMULATED");
        assertThat(out).hasBinaryContent(MODEL);
        assertThat(store.seen).containsExactly("GET " + OBJECT);
        var event = gateway.log.entries.get(gateway.log.entries.size() - 1).event;
        var statement = SignedStatement.verify(event.get("signed").getAsString(), desk.anna.key());
        assertThat(statement.get("result").getAsString()).isEqualTo("risk-model");
        assertThat(statement.get("contract").getAsString()).isEqualTo(contract.id());
        try (var files = Files.list(out.getParent())) {
            assertThat(files).containsExactly(out);
        }
    }

    @Test
    void twoReadingsAreNeverAskedForAlike() {
        read().succeeds();
        read("--force").succeeds();
        var entries = gateway.log.entries;
        assertThat(entries.get(entries.size() - 1).event.get("signed"))
                .isNotEqualTo(entries.get(entries.size() - 2).event.get("signed"));
    }

    @Test
    void aFileThatIsThereStaysUnlessItsReplacementIsForcedAndWhole() throws Exception {
        Files.writeString(out, "before");
        read().failsWith(2, "exists already: name another file, or --force");
        assertThat(gateway.seen).noneMatch(call -> call.contains("/results/"));
        store.objects.remove(OBJECT);
        read("--force").failsWith(3, "answered 404 when asked for heart-risk/risk-model");
        assertThat(out).hasContent("before");
        stored(sealed("heart-risk/risk-model", MODEL));
        read("--force").succeeds();
        assertThat(out).hasBinaryContent(MODEL);
    }

    @Test
    void whoIsNoReaderIsToldWhy() throws Exception {
        gateway.close();
        gateway = new FakeGateway(contract("[\"lab\"]"));
        desk.set("HUSK_GATEWAY", gateway.url());
        desk.pinAndVerify();
        read().failsWith(1, "refused by the contract\n  - READER_DENIED: anna is no reader of risk-model");
        nothingWasWritten();
    }

    @Test
    void whatCannotBeAskedForIsSaidBeforeAnybodyIsAsked() throws Exception {
        readAs("anna", "other").failsWith(2, "contract heart-risk names no result other; it names: risk-model");
        out = folder.resolve("none").resolve("file");
        read().failsWith(2, "no folder");
        out = folder;
        read().failsWith(2, "is a folder");
        assertThat(gateway.seen).noneMatch(call -> call.contains("/results/"));
    }

    @Test
    void aKeyThatTheContractDoesNotNameSignsNothing() throws Exception {
        desk.settings().key("lab").create(PartySigner.generate(), Desk.PASSPHRASE.toCharArray());
        desk.settings().saveToken("lab", "token");
        readAs("lab", "risk-model").failsWith(1, "contract heart-risk names another key for lab");
        assertThat(gateway.seen).noneMatch(call -> call.contains("/results/"));
    }

    @Test
    void withoutAPinOrFromAGatewayThatFailsItsVerificationNothingIsAsked() throws Exception {
        gateway.nonce = asked -> "A".repeat(43);
        read().failsWith(1, "the gateway failed its verification");
        Files.delete(folder.resolve("gateway.pin.json"));
        read().failsWith(1, "no gateway is pinned");
        assertThat(gateway.seen).noneMatch(call -> call.contains("/results/"));
        nothingWasWritten();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event", "contract", "party", "result", "signed"})
    void aReadingThatTheLogHoldsOtherwiseIsNotUsed(String member) throws Exception {
        gateway.readEvent = event -> {
            event.addProperty(member, "other");
            return event;
        };
        notProven("the logged event is for another " + member);
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "store"})
    void anotherObjectThanTheContractsIsNotFetched(String member) throws Exception {
        gateway.readEvent = event -> {
            event.getAsJsonObject("object").addProperty(member, "s3://husk/other");
            return event;
        };
        notProven("the logged event is for another " + member);
    }

    @Test
    void aReadingThatNamesNoDigestIsNotUsed() throws Exception {
        gateway.readEvent = event -> {
            event.getAsJsonObject("object").remove("sha256");
            return event;
        };
        notProven("the logged event says no sha256");
        gateway.readEvent = event -> {
            event.getAsJsonObject("object").addProperty("sha256", "sha256:\u001b[2J");
            return event;
        };
        notProven("its sha256 is none");
        gateway.readEvent = event -> {
            event.remove("object");
            return event;
        };
        notProven("the logged event is for another identity");
    }

    @Test
    void aReadingThatTheLogDoesNotHoldIsNotUsed() throws Exception {
        gateway.readAnswer = answer -> {
            var receipt = answer.getAsJsonObject("receipt");
            var proof = receipt.get("tlogProof").getAsString();
            receipt.addProperty("tlogProof", proof.replaceFirst("\nindex [0-9]+\n", "\nindex 1\n"));
            return answer;
        };
        notProven("the verified gateway's log does not hold its leaf");
        gateway.readAnswer = answer -> {
            answer.addProperty("salt", Base64Url.encode(new byte[32]));
            return answer;
        };
        notProven("the leaf is another event's");
        gateway.readAnswer = answer -> {
            answer.remove("receipt");
            return answer;
        };
        notProven("its receipt cannot be read");
        gateway.readAnswer = answer -> answer;
        gateway.claimedLogKey = Optional.of(new byte[32]);
        notProven("the leaf is another contract's");
    }

    @Test
    void aReadingThatTheContractsWitnessesHaveNotCosignedIsNotUsed() throws Exception {
        try (var witness = PartySigner.generate()) {
            var json = contract.json();
            var key = WitnessKey.of("w1.example", witness.key().raw());
            var clause = "{\"quorum\":1,\"keys\":[\"" + key + "\"]}";
            json.add("witnesses", Json.parse(clause.getBytes(StandardCharsets.UTF_8), 1 << 10));
            gateway.close();
            gateway = new FakeGateway(Contract.parse(json));
            desk.set("HUSK_GATEWAY", gateway.url());
            desk.pinAndVerify();
            stored(sealed("heart-risk/risk-model", MODEL));
            notProven("the contract's witnesses have not cosigned the log with it");
            gateway.readAnswer = answer -> cosigned(answer, witness);
            read().succeeds();
        }
    }

    private static JsonObject cosigned(JsonObject answer, PartySigner witness) {
        try {
            var receipt = Receipt.parse(answer.getAsJsonObject("receipt"));
            var checkpoint = receipt.checkpoint().cosign("w1.example", witness, 1);
            answer.add("receipt", new Receipt(receipt.leaf(), receipt.index(), receipt.proof(), checkpoint).json());
            return answer;
        } catch (MalformedLogException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aKeyThatDoesNotOpenIsSaidInOneLine() throws Exception {
        for (var member : List.of("enc", "ciphertext")) {
            for (var text : List.of("AAAA", "%%")) {
                gateway.readAnswer = answer -> {
                    answer.getAsJsonObject("key").addProperty(member, text);
                    return answer;
                };
                read().failsWith(1, "the key of risk-model does not open");
            }
        }
        gateway.readAnswer = answer -> {
            answer.remove("key");
            return answer;
        };
        read().failsWith(3, "the gateway's answer has no text 'enc'");
        nothingWasWritten();
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "http:", "%%", "ftp://127.0.0.1/x"})
    void anAddressThatIsNoneIsNotFollowed(String url) throws Exception {
        gateway.readAnswer = answer -> {
            answer.addProperty("url", url);
            return answer;
        };
        read().failsWith(3, "no address of the sealed result");
        nothingWasWritten();
    }

    @Test
    void aStoreThatDoesNotAnswerIsNamed() throws Exception {
        gateway.readAnswer = answer -> {
            answer.addProperty("url", "http://127.0.0.1:1/husk/risk-model");
            return answer;
        };
        read().failsWith(3, "the store at 127.0.0.1:1, which the gateway named, does not answer");
        nothingWasWritten();
    }

    @Test
    void aSealedObjectThatWasChangedOrCutShortIsNoFile() throws Exception {
        byte[] object = sealed("heart-risk/risk-model", MODEL);
        for (int at : new int[] {0, 8, 60, object.length - 1}) {
            byte[] changed = object.clone();
            changed[at] ^= 1;
            store.objects.put(OBJECT, changed);
            read().failsWith(1, "TAMPERED: sealed object heart-risk/risk-model", "nothing was written");
            nothingWasWritten();
        }
        for (int length : new int[] {1, 20, 1 << 20, object.length - 1}) {
            store.objects.put(OBJECT, Arrays.copyOf(object, length));
            read().failsWith(1, "TAMPERED: ");
            nothingWasWritten();
        }
        store.objects.put(OBJECT, sealed("heart-risk/other", MODEL));
        read().failsWith(1, "TAMPERED: ");
        nothingWasWritten();
    }

    @Test
    void anOlderResultUnderTheSameKeyIsNoFile() throws Exception {
        store.objects.put(OBJECT, sealed("heart-risk/risk-model", "an older model".getBytes(StandardCharsets.UTF_8)));
        read().failsWith(1, "is not the heart-risk/risk-model that the newest run stated", "nothing was written");
        nothingWasWritten();
    }
}
