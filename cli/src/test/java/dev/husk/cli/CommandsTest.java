package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.AlgorithmParameters;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands as a person runs them: what they print, and what they exit with. */
class CommandsTest {
    @TempDir
    Path folder;

    record Outcome(int exit, String out, String err) {}

    private Outcome husk(Settings settings, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.commandLine(settings)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        assertThat(err.toString()).doesNotContain("\tat ");
        return new Outcome(exit, out.toString(), err.toString());
    }

    private Settings settings() {
        return Settings.of(Map.of("HUSK_HOME", folder.toString()));
    }

    @Test
    void aSigningKeyIsItsOwnersAloneAndOpensWithItsPassphrase() throws Exception {
        var file = settings().key("anna");
        try (var signer = dev.husk.protocol.contract.PartySigner.generate()) {
            file.create(signer, "correct horse".toCharArray());
            try (var opened = file.open("correct horse".toCharArray())) {
                assertThat(opened.key()).isEqualTo(signer.key());
            }
        }
        var path = folder.resolve("parties/anna.key.pem");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(path)).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    }

    @Test
    void aWrongPassphraseADamagedKeyAndAnExistingKeyAreEachNamed() throws Exception {
        var file = settings().key("anna");
        try (var signer = dev.husk.protocol.contract.PartySigner.generate()) {
            file.create(signer, "right".toCharArray());
            assertThat(failure(() -> file.open("wrong".toCharArray()))).contains("wrong passphrase");
            assertThat(failure(() -> file.create(signer, "right".toCharArray())))
                    .contains("never overwritten");
        }
        var path = folder.resolve("parties/anna.key.pem");
        Files.writeString(path, Files.readString(path).substring(0, 90));
        assertThat(failure(() -> file.open("right".toCharArray()))).contains("not an encrypted private key");
        assertThat(failure(() -> settings().key("bert").open("x".toCharArray())))
                .contains("husk party create");
        assertThat(failure(() -> settings().key("../anna"))).contains("cannot be a party's name");
    }

    @Test
    void bytesThatAWrongPassphraseMadeLookPaddedAreNoKey() throws Exception {
        var scheme = "PBEWithHmacSHA256AndAES_256";
        var key = SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec("x".toCharArray()));
        var cipher = Cipher.getInstance(scheme);
        cipher.init(Cipher.ENCRYPT_MODE, key, new PBEParameterSpec(new byte[16], 1000));
        var parameters = AlgorithmParameters.getInstance("PBES2");
        parameters.init(cipher.getParameters().getEncoded());
        byte[] der = new EncryptedPrivateKeyInfo(parameters, cipher.doFinal(new byte[40])).getEncoded();
        Files.createDirectories(folder.resolve("parties"));
        Files.writeString(
                folder.resolve("parties/anna.key.pem"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(der)
                        + "\n-----END ENCRYPTED PRIVATE KEY-----\n");
        assertThat(failure(() -> settings().key("anna").open("x".toCharArray())))
                .contains("wrong passphrase");
    }

    @Test
    void aTokenSourceComesBeforeTheFileAndTheFileCountsWhereItHasNone() throws Exception {
        settings().saveToken("anna", "from file");
        var issued = settings().with(party -> party.equals("lab") ? Optional.of("issued") : Optional.empty());
        assertThat(issued.token("lab")).isEqualTo("issued");
        assertThat(issued.token("anna")).isEqualTo("from file");
    }

    @Test
    void everyCommandsHelpNamesItsExitCodes() {
        for (var command : new String[] {
            "party create", "contract accept", "gateway verify", "data put", "invoke", "action deploy", "log verify"
        }) {
            var arguments = (command + " --help").split(" ");
            assertThat(husk(settings(), arguments).out())
                    .as(command)
                    .contains("Exit codes:", "refused, or a verification failed", "a server does not answer");
        }
    }

    @Test
    void aContractIsExplainedInPlainWords() throws Exception {
        var outcome = husk(
                settings(), "contract", "explain", example("heart.yaml", "").toString());
        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("Contract heart-risk, version 1", "SIMULATED", "Who could ever read anna-2025 (of anna)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"heart-risk.yaml", "own-model.yaml"})
    void anExampleOfTheDocumentationIsAContractAndTheReadmeShowsItsMeaning(String file) throws Exception {
        var outcome = husk(settings(), "contract", "explain", "../docs/examples/" + file);
        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(Files.readString(Path.of("../docs/examples/README.md"))).contains(outcome.out());
    }

    @Test
    void everyProblemOfAContractIsListedAndNothingElse() throws Exception {
        var outcome = husk(
                settings(),
                "contract",
                "explain",
                example("bad.yaml", "expires: never\nnote: x\n").toString());
        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("- expires: is not known here", "- note: is not known here");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void whatIsNoYamlOrNoFileIsSaidInOneLine() throws Exception {
        var broken = Files.writeString(folder.resolve("broken.yaml"), "a: [1\n");
        assertThat(husk(settings(), "contract", "explain", broken.toString()).exit())
                .isEqualTo(2);
        var missing = husk(
                settings(), "contract", "explain", folder.resolve("none.yaml").toString());
        assertThat(missing.exit()).isEqualTo(2);
        assertThat(missing.err()).contains("no file").contains("none.yaml");
        var twice = Files.writeString(folder.resolve("twice.yaml"), "name: a\nname: b\n");
        assertThat(husk(settings(), "contract", "explain", twice.toString()).exit())
                .isEqualTo(2);
    }

    @Test
    void aGatewayThatIsDownIsNamedWithWhatToDo() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        settings().saveToken("anna", "token");
        var down = Settings.of(Map.of("HUSK_HOME", folder.toString(), "HUSK_GATEWAY", "http://127.0.0.1:" + port));
        var outcome = husk(down, "contract", "show", "heart-risk", "--as", "anna");
        assertThat(outcome.exit()).isEqualTo(3);
        assertThat(outcome.err()).contains("http://127.0.0.1:" + port).contains("does not answer");
        assertThat(husk(settings(), "contract", "show", "heart-risk", "--as", "anna")
                        .err())
                .contains("HUSK_GATEWAY");
    }

    @Test
    void aTokenCrossesNoNetworkInTheClear() throws Exception {
        settings().saveToken("anna", "token");
        var plain = Settings.of(Map.of("HUSK_HOME", folder.toString(), "HUSK_GATEWAY", "http://gateway.example"));
        var outcome = husk(plain, "contract", "show", "heart-risk", "--as", "anna");
        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("must be https");
    }

    @Test
    void anAuthorityThatIsNoneIsNamed() throws Exception {
        settings().saveToken("anna", "token");
        for (var file : List.of("missing.pem", "empty.pem")) {
            var ca = folder.resolve(file);
            if (file.startsWith("empty")) {
                Files.writeString(ca, "");
            }
            var outcome = husk(
                    Settings.of(Map.of(
                            "HUSK_HOME", folder.toString(),
                            "HUSK_GATEWAY", "https://gateway.example",
                            "HUSK_CA", ca.toString())),
                    "contract",
                    "show",
                    "heart-risk",
                    "--as",
                    "anna");
            assertThat(outcome.exit()).isEqualTo(2);
            assertThat(outcome.err()).contains("HUSK_CA", file);
        }
    }

    private Path example(String name, String more) throws IOException {
        var text = """
                husk: 1
                name: heart-risk
                version: 1
                parties:
                  - {name: anna, key: "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
                  - {name: lab, key: "ed25519:PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"}
                witnesses: none
                datasets:
                  - {name: anna-2025, owner: anna, store: "s3://husk/anna-2025"}
                platforms:
                  - name: sim
                    tee: simulated
                    binding: sandbox
                    products: any
                    measurements: any
                    hostData: any
                    minimumTcb: any
                    policy: {debug: false, migrationAgent: false, smt: any, singleSocket: any, ciphertextHiding: any}
                    chips: any
                    vmpl: ["0"]
                    platformInfo: any
                    idKeys: any
                    authorKeys: any
                    providers: none
                functions:
                  - {name: train, owner: lab, code: "sha256:%s", entry: dev.husk.train.TrainAction, platform: sim}
                results:
                  - {name: risk-model, readers: {parties: [lab], functions: []}, store: "s3://husk/risk-model"}
                grants:
                  - function: train
                    reads: [anna-2025]
                    writes: [risk-model]
                    parameters: {epochs: {type: integer, min: 1, max: 100}}
                    callers: [lab]
                    limits: {runs: 10, perDay: 5, until: "2027-01-31T00:00:00Z"}
                """.formatted("0".repeat(64));
        return Files.writeString(folder.resolve(name), text + more);
    }

    private interface Failing {
        void run() throws Exception;
    }

    private static String failure(Failing action) throws Exception {
        try {
            action.run();
        } catch (CommandFailed e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("nothing failed");
    }

    @Test
    void wrongArgumentsAreSaidInOneLineWithTheHelpThatTells() {
        assertThat(husk(settings(), "contrakt").err())
                .isEqualTo("husk: there is no command 'husk contrakt'; did you mean "
                        + "contract or action (`husk --help` lists them)" + System.lineSeparator());
        assertThat(husk(settings(), "data").err()).startsWith("husk: which command? `husk data --help` lists them");
        var missing = husk(settings(), "data", "put", "x");
        assertThat(missing.exit()).isEqualTo(2);
        assertThat(missing.err())
                .contains("--contract")
                .contains("`husk data put --help` shows how")
                .hasLineCount(1);
        var port = husk(settings(), "up", "--gateway-port", "70000");
        assertThat(port.exit()).isEqualTo(2);
        assertThat(port.err()).contains("70000 is no port");
    }

    @Test
    void aSettingThatIsNoTextIsNamed() throws Exception {
        Files.writeString(folder.resolve("settings.json"), "{\"whisk_auth\":{\"a\":1}}");
        var outcome = husk(settings(), "action", "auth");
        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("settings.json: 'whisk_auth' is not a text");
    }

    @Test
    void anEmptyFolderSettingIsNone() {
        assertThat(Settings.of(Map.of("HUSK_HOME", "")).folder())
                .isEqualTo(Path.of(System.getProperty("user.home"), ".husk"));
    }

    @Test
    void aTokenFileThatHoldsNoneIsNamed() throws Exception {
        settings().saveToken("anna", "two\nlines");
        assertThat(failure(() -> settings().token("anna"))).contains("anna.token does not hold a token");
    }

    @Test
    void whatIsNoContractIsSaidInOneLineEach() throws Exception {
        assertThat(unreadable("a: [1\n"))
                .contains(", line 2, column 1: expected")
                .hasLineCount(1);
        assertThat(unreadable("")).contains("is empty").hasLineCount(1);
        assertThat(unreadable("a: &a [*a]\n")).contains("nested deeper than 32").hasLineCount(1);
        assertThat(unreadable("a: 1\n---\nb: 2\n")).contains("document").hasLineCount(1);
        var latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xe4});
        assertThat(husk(settings(), "contract", "explain", latin.toString()).err())
                .contains("not text in UTF-8");
        assertThat(husk(settings(), "contract", "explain", folder.toString()).err())
                .contains("is a folder");
    }

    private String unreadable(String yaml) throws Exception {
        var file = Files.writeString(folder.resolve("unreadable.yaml"), yaml);
        var outcome = husk(settings(), "contract", "explain", file.toString());
        assertThat(outcome.exit()).isEqualTo(2);
        return outcome.err();
    }

    @Test
    void aRefusalWithoutWordsIsGivenThem() throws Exception {
        settings().saveToken("anna", "token");
        var status = new java.util.concurrent.atomic.AtomicInteger();
        var server = com.sun.net.httpserver.HttpServer.create(
                new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        var gateway = "http://127.0.0.1:" + server.getAddress().getPort();
        var settings = Settings.of(Map.of("HUSK_HOME", folder.toString(), "HUSK_GATEWAY", gateway));
        try {
            status.set(401);
            var expired = husk(settings, "contract", "show", "x", "--as", "anna");
            assertThat(expired.exit()).isEqualTo(1);
            assertThat(expired.err()).contains("does not accept the party's token");
            status.set(403);
            assertThat(husk(settings, "contract", "show", "x", "--as", "anna").err())
                    .contains(gateway + "/ answered 403 without saying why: is it a gateway?");
        } finally {
            server.stop(0);
        }
    }
}
