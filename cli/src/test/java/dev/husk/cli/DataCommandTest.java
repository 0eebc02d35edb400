package dev.husk.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code husk data}: nothing leaves unsealed, nothing is deposited by halves. */
class DataCommandTest {
    private static final String DATA = "age,risk\n61,1\n34,0\n".repeat(500);
    private static final String OBJECT = "/husk/anna-2025";

    @TempDir
    Path folder;

    private Desk desk;
    private FakeGateway gateway;
    private FakeStore store;
    private Path file;

    @BeforeEach
    void start() throws Exception {
        desk = new Desk(folder);
        gateway = new FakeGateway(desk.contract());
        store = new FakeStore();
        desk.set("HUSK_GATEWAY", gateway.url());
        desk.set("HUSK_S3_ENDPOINT", store.url());
        desk.set("HUSK_S3_ACCESS_KEY", "access");
        desk.set("HUSK_S3_SECRET_KEY", "secret-key");
        file = Files.writeString(folder.resolve("heart.csv"), DATA);
    }

    @AfterEach
    void stop() {
        gateway.close();
        store.close();
    }

    private Desk.Outcome put(String... more) {
        return data("put", file.toString(), more);
    }

    private Desk.Outcome data(String command, String path, String... more) {
        return dataset("anna-2025", command, path, more);
    }

    private Desk.Outcome dataset(String dataset, String command, String path, String... more) {
        var arguments = new java.util.ArrayList<>(
                java.util.List.of("data", command, dataset, path, "--contract", "heart-risk", "--as", "anna"));
        arguments.addAll(java.util.List.of(more));
        return desk.husk(arguments.toArray(String[]::new));
    }

    private Desk.Outcome show(String... more) {
        var arguments = new java.util.ArrayList<>(
                java.util.List.of("data", "show", "anna-2025", "--contract", "heart-risk", "--as", "anna"));
        arguments.addAll(java.util.List.of(more));
        return desk.husk(arguments.toArray(String[]::new));
    }

    private byte[] object() {
        return requireNonNull(store.objects.get(OBJECT));
    }

    private String opened(byte[] sealed) throws IOException {
        try (var key = DataKey.of(requireNonNull(gateway.depositedKeys.get("anna-2025")));
                var plain = SealedObject.reader(new ByteArrayInputStream(sealed), key, "heart-risk/anna-2025")) {
            return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aFileIsUploadedSealedAndTheGatewayAloneGetsItsKey() throws Exception {
        desk.pinAndVerify();
        put("--show")
                .succeeds(
                        "into s3://husk/anna-2025",
                        "digest sha256:",
                        "the store sees 4855534b6f626a01",
                        "key deposited",
                        "SIMULATED");
        var sealed = object();
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("age,risk");
        assertThat(opened(sealed)).isEqualTo(DATA);
        assertThat(requireNonNull(gateway.deposits.get("anna-2025")).get("size").getAsLong())
                .isEqualTo(sealed.length);
        show().succeeds("digest matches", "owner anna", "the store sees 4855534b6f626a01");
    }

    @Test
    void aScriptGetsFiguresAsJsonAndNoProgress() {
        desk.pinAndVerify();
        var outcome = put("--json").succeeds();
        assertThat(outcome.err()).isEmpty();
        var json = JsonParser.parseString(outcome.out()).getAsJsonObject();
        assertThat(json.get("plainSize").getAsInt()).isEqualTo(DATA.length());
        assertThat(json.get("sha256").getAsString()).startsWith("sha256:");
        assertThat(JsonParser.parseString(show("--json").succeeds().out())
                        .getAsJsonObject()
                        .get("matches")
                        .getAsBoolean())
                .isTrue();
    }

    @Test
    void withoutAPinNoSecretLeaves() {
        put().failsWith(1, "no gateway is pinned");
        assertThat(gateway.seen).isEmpty();
        assertThat(store.seen).isEmpty();
    }

    @Test
    void aGatewayWhoseKeyChangedGetsNothing() {
        desk.pinAndVerify();
        gateway.hpke = dev.husk.protocol.seal.HpkeKeyPair.generate();
        put().failsWith(1, "nothing was sent to it", "HPKE key: CHANGED");
        assertThat(store.seen).isEmpty();
        assertThat(gateway.deposits).isEmpty();
    }

    @Test
    void whatIsNotThePartysOwnOrNotInTheContractIsRefused() {
        desk.pinAndVerify();
        dataset("lab-2025", "put", file.toString()).failsWith(1, "lab-2025", "belongs to lab, not to anna");
        dataset("other", "put", file.toString()).failsWith(2, "names no dataset other", "anna-2025, lab-2025");
        assertThat(store.seen).isEmpty();
    }

    @Test
    void aFileThatCannotBeSealedIsNamedBeforeAnythingIsAsked() throws Exception {
        desk.pinAndVerify();
        gateway.seen.clear();
        data("put", folder.resolve("none.csv").toString()).failsWith(2, "no file", "none.csv");
        data("put", folder.toString()).failsWith(2, "is not a file");
        var empty = Files.createFile(folder.resolve("empty.csv"));
        data("put", empty.toString()).failsWith(2, "empty.csv is empty");
        assertThat(gateway.seen).isEmpty();
    }

    @Test
    void aWrongPassphraseIsSaidBeforeAnythingIsAsked() {
        desk.pinAndVerify();
        gateway.seen.clear();
        desk.set("HUSK_PASSPHRASE", "wrong");
        put().failsWith(2, "wrong passphrase");
        assertThat(gateway.seen).isEmpty();
    }

    @Test
    void aKeyThatTheContractDoesNotNameIsRefusedHere() throws Exception {
        desk.pinAndVerify();
        Files.delete(folder.resolve("parties/anna.key.pem"));
        desk.settings().key("anna").create(desk.lab, Desk.PASSPHRASE.toCharArray());
        put().failsWith(1, "names another key for anna");
    }

    @Test
    void anUploadThatFailsDepositsNothing() {
        desk.pinAndVerify();
        store.putStatus = 403;
        put().failsWith(1, "the store refuses access", "HUSK_S3_ACCESS_KEY");
        store.putStatus = 507;
        put().failsWith(2, "no space left");
        desk.set("HUSK_S3_ENDPOINT", "http://127.0.0.1:1");
        put().failsWith(3, "does not answer", "HUSK_S3_ENDPOINT");
        desk.set("HUSK_S3_ENDPOINT", "nonsense");
        put().failsWith(2, "HUSK_S3_ENDPOINT");
        assertThat(gateway.deposits).isEmpty();
        assertThat(store.objects).isEmpty();
    }

    @Test
    void aDepositThatIsRefusedTakesTheObjectAway() {
        desk.pinAndVerify();
        gateway.depositAnswer = Optional.of(FakeServer.Answer.problem(403, "the contract is suspended"));
        put().failsWith(1, "the contract is suspended", "the uploaded object was removed");
        assertThat(store.objects).isEmpty();
    }

    @Test
    void aDatasetThatWasDepositedIsReplacedOnlyWhenAsked() throws Exception {
        desk.pinAndVerify();
        put().succeeds();
        put().failsWith(1, "was deposited before", "--replace");
        put("--replace").succeeds();
        assertThat(opened(object())).isEqualTo(DATA);
        gateway.depositAnswer = Optional.of(FakeServer.Answer.problem(503, "later"));
        put("--replace").failsWith(3, "later", "run this again");
    }

    @Test
    void aTamperedObjectIsFound() {
        desk.pinAndVerify();
        put().succeeds();
        object()[100] ^= 1;
        show().failsWith(1, "TAMPERED: s3://husk/anna-2025");
        store.objects.clear();
        show().failsWith(2, "no such object");
    }

    @Test
    void aSealedFileIsWrittenForOtherClientsAndOpensWithTheDepositedKey() throws Exception {
        desk.pinAndVerify();
        var out = folder.resolve("heart.sealed");
        data("seal", file.toString(), "--out", out.toString()).succeeds("mc cp", "STORE/husk/anna-2025", "digest");
        assertThat(opened(Files.readAllBytes(out))).isEqualTo(DATA);
        assertThat(store.seen).isEmpty();
        data("seal", file.toString(), "--replace", "--out", out.toString()).failsWith(2, "exists already");
        data("seal", file.toString(), "--replace", "--out", "/no/such/folder/x").failsWith(2, "no folder");
    }

    @Test
    void aSealedFileWhoseKeyWasNotDepositedIsRemoved() throws Exception {
        desk.pinAndVerify();
        gateway.depositAnswer = Optional.of(FakeServer.Answer.problem(409, "the contract is ended"));
        var out = folder.resolve("heart.sealed");
        data("seal", file.toString(), "--out", out.toString()).failsWith(2, "the contract is ended", "was removed");
        assertThat(out).doesNotExist();
        assertThat(leftovers()).isZero();
    }

    @Test
    void aFullDiskLeavesNoHalfFile() throws Exception {
        var full = new SealedFile(path -> new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        var out = folder.resolve("heart.sealed");
        try (var key = DataKey.generate();
                var in = PlainFile.of(file).open()) {
            assertThatThrownBy(() -> full.write(out, in, key, "heart-risk/anna-2025", done -> {}))
                    .isInstanceOf(IOException.class)
                    .satisfies(e -> assertThat(Problems.of(e)).isEqualTo("the disk is full"));
        }
        assertThat(out).doesNotExist();
        assertThat(leftovers()).isZero();
    }

    @Test
    void aFileThatChangesWhileItIsReadIsNotSealed() throws Exception {
        var plain = PlainFile.of(file);
        Files.writeString(file, DATA + "more");
        try (var in = plain.open()) {
            assertThatThrownBy(in::readAllBytes).hasMessageContaining("changed while it was read");
        }
        Files.writeString(file, "less");
        try (var in = plain.open()) {
            assertThatThrownBy(in::readAllBytes).hasMessageContaining("changed while it was read");
        }
    }

    private long leftovers() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(path -> path.toString().endsWith(".sealing")).count();
        }
    }
}
