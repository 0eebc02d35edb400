package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The configuration names other holders of shares: the present ones decide whether these get any. */
@TestMethodOrder(OrderAnnotation.class)
class HoldersIT {
    private static final String DATABASE = "holders";
    private static final ShareHolders OLD = new ShareHolders(2, "hospital-a", "hospital-b", "algo-lab");
    private static final ShareHolders NEW = OLD.changed(3, List.of("algo-lab"), "clinic-c", "clinic-d");

    private static Path folder;
    private static Replica gateway;
    private static TestContract heart;

    private static Map<String, String> settings(ShareHolders holders) throws Exception {
        var settings = new HashMap<String, String>();
        settings.put("HUSK_STATE_KEY_SOURCE", "file:" + folder.resolve("state.key"));
        settings.put(
                "HUSK_RECOVERY",
                Files.writeString(
                                folder.resolve("recovery.json"),
                                holders.policy().toString())
                        .toString());
        return settings;
    }

    @BeforeAll
    static void start() throws Exception {
        folder = Path.of(System.getProperty("husk.it")).resolve("holders-it");
        ServerUnderTest.delete(folder);
        Files.createDirectories(folder);
        ServerUnderTest.backing().createDatabase(DATABASE);
        gateway = Replica.start("holders-old", DATABASE, settings(OLD)).awaitReady();
        use(gateway);
        heart = TestContract.named("held").active();
        OLD.fetchAll();
    }

    private static void use(Replica replica) {
        gateway = replica;
        System.setProperty("husk.it.base", replica.base());
    }

    private static void restart(String name, ShareHolders holders) throws Exception {
        gateway.kill();
        use(Replica.start(name, DATABASE, settings(holders)).awaitReady());
    }

    @AfterAll
    static void stop() {
        System.clearProperty("husk.it.base");
        if (gateway != null) {
            gateway.close();
        }
    }

    private static List<JsonObject> events(String name) throws Exception {
        var events = new ArrayList<JsonObject>();
        Http.get("v1/gateway/events", TestContract.bearer("hospital-a"))
                .json()
                .getAsJsonArray("events")
                .forEach(entry -> {
                    var event = entry.getAsJsonObject().getAsJsonObject("event");
                    if (event.get("event").getAsString().equals(name)) {
                        events.add(event);
                    }
                });
        return events;
    }

    private static JsonObject shown(ShareHolders change) {
        var json = OLD.shown();
        json.add("change", change.policy());
        return json;
    }

    @Test
    @Order(1)
    void whereNothingIsToChangeNothingIsAgreedTo() throws Exception {
        refused(OLD.accept("hospital-a", NEW.policy()), 409, "CONFLICT");
        assertThat(ShareHolders.evidence().get("recovery")).isEqualTo(OLD.shown());
    }

    @Test
    @Order(2)
    void anOperatorWhoNamesOtherHoldersIsSeenAndGetsNoShare() throws Exception {
        var greedy = OLD.changed(2, List.of("algo-lab", "hospital-b"), "operator", "friend");
        restart("holders-greedy", greedy);
        assertThat(gateway.printed())
                .contains("HUSK_RECOVERY names other holders than those whom shares were made for");
        assertThat(ShareHolders.evidence().get("recovery")).isEqualTo(shown(greedy));
        assertThat(Http.get("health/ready", Map.of()).body()).contains("\"recoveryHoldersDiffer\":true");
        for (var name : List.of("operator", "friend")) {
            assertThat(Http.get("v1/gateway/recovery/share", TestContract.bearer(name))
                            .status())
                    .as(name)
                    .isEqualTo(404);
        }
        assertThat(events("recovery-shares-made")).hasSize(1);
        // Those who hold no share have no say, and one that does is not enough.
        refused(
                OLD.accept("operator", "operator", greedy.policy(), OLD.set("algo-lab"), OLD.share("algo-lab")),
                403,
                "NOT_A_HOLDER");
        assertThat(OLD.accept("hospital-a", greedy.policy()).json().get("state").getAsString())
                .isEqualTo("waiting");
        assertThat(OLD.accept("hospital-a", greedy.policy()).json().get("state").getAsString())
                .as("twice is once")
                .isEqualTo("waiting");
        restart("holders-greedy-again", greedy);
        assertThat(ShareHolders.evidence().get("recovery")).isEqualTo(shown(greedy));
        assertThat(events("recovery-shares-made")).hasSize(1);
    }

    @Test
    @Order(3)
    void withoutAnyHoldersInTheConfigurationThePresentOnesStay() throws Exception {
        gateway.kill();
        var settings = settings(OLD);
        settings.remove("HUSK_RECOVERY");
        use(Replica.start("holders-none", DATABASE, settings).awaitReady());
        var shown = OLD.shown();
        shown.add("change", JsonNull.INSTANCE);
        assertThat(ShareHolders.evidence().get("recovery")).isEqualTo(shown);
        refused(OLD.accept("hospital-a", JsonNull.INSTANCE), 409, "CONFLICT");
    }

    private static void refused(Http.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(code);
    }

    @Test
    @Order(4)
    void whoAgreesShowsTheRightShareAndNamesTheseVeryHolders() throws Exception {
        restart("holders-asked", NEW);
        assertThat(ShareHolders.evidence().get("recovery")).isEqualTo(shown(NEW));
        var policy = NEW.policy();
        var set = OLD.set("hospital-b");
        byte[] share = OLD.share("hospital-b");
        refused(OLD.accept("hospital-b", OLD.policy()), 400, "SHARE_UNREADABLE");
        refused(OLD.accept("hospital-b", "hospital-a", policy, set, share), 400, "SHARE_UNREADABLE");
        refused(OLD.accept("hospital-b", "hospital-b", policy, "AAAA", share), 400, "SHARE_UNREADABLE");
        refused(OLD.accept("hospital-b", "hospital-b", policy, set, OLD.share("hospital-a")), 403, "SHARE_WRONG");
        refused(OLD.accept("hospital-b", "hospital-b", policy, set, new byte[7]), 400, "MALFORMED");
        for (int i = 0; i < share.length; i++) {
            byte[] wrong = share.clone();
            wrong[i] ^= 1;
            refused(OLD.accept("hospital-b", "hospital-b", policy, set, wrong), 403, "SHARE_WRONG");
        }
        // The database's word on shares counts for nothing: it could be made to know another one.
        try (var database = ServerUnderTest.backing().connect(DATABASE);
                var statement = database.createStatement()) {
            statement.execute("update recovery_share set digest = (select digest from recovery_share"
                    + " where holder = 'hospital-a'), fetched = true where holder = 'hospital-b'");
        }
        refused(OLD.accept("hospital-b", "hospital-b", policy, set, OLD.share("hospital-a")), 403, "SHARE_WRONG");
        assertThat(events("recovery-holders-accepted")).as("only for others").hasSize(1);
    }

    @Test
    @Order(5)
    void onceEnoughHaveAgreedTheNextStartChangesTheKeyAndMakesSharesForTheNewHolders() throws Exception {
        var one = OLD.accept("algo-lab", NEW.policy()).json();
        assertThat(one.get("state").getAsString()).isEqualTo("waiting");
        var two = OLD.accept("hospital-b", NEW.policy()).json();
        assertThat(two.get("state").getAsString()).isEqualTo("agreed");
        assertThat(two.getAsJsonArray("accepted").toString()).isEqualTo("[\"algo-lab\",\"hospital-b\"]");
        var before = SealedValues.of(DATABASE);
        var keyBefore = Files.readAllBytes(folder.resolve("state.key"));
        var keys = ShareHolders.evidence().getAsJsonObject("keys");

        restart("holders-new", NEW);
        assertThat(Files.readAllBytes(folder.resolve("state.key"))).isNotEqualTo(keyBefore);
        assertThat(folder.resolve("state.key.next")).doesNotExist();
        var after = SealedValues.of(DATABASE);
        assertThat(after).hasSameSizeAs(before);
        after.forEach((table, values) ->
                assertThat(values).as(table).noneMatch(Objects.requireNonNull(before.get(table))::contains));
        assertThat(after.get("data_key.sealed")).hasSize(2);
        assertThat(events("state-key-renewed"))
                .singleElement()
                .satisfies(event -> assertThat(event.getAsJsonArray("holders").toString())
                        .isEqualTo("[\"algo-lab\",\"hospital-b\"]"));
        assertThat(events("recovery-shares-made")).hasSize(2);
        var evidence = ShareHolders.evidence();
        assertThat(evidence.get("recovery")).isEqualTo(NEW.shown("clinic-c", "clinic-d", "hospital-a", "hospital-b"));
        assertThat(evidence.getAsJsonObject("keys").get("log")).isEqualTo(keys.get("log"));
        assertThat(evidence.getAsJsonObject("keys").get("hpke")).isNotEqualTo(keys.get("hpke"));
        assertThat(evidence.get("endorsement").getAsString()).isNotEmpty();

        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        assertThat(sandbox.release("held", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        assertThat(Http.get("v1/gateway/recovery/share", TestContract.bearer("algo-lab"))
                        .status())
                .isEqualTo(404);
        NEW.fetchAll();
        // It does so once.
        restart("holders-new-again", NEW);
        assertThat(events("state-key-renewed")).hasSize(1);
        assertThat(ShareHolders.evidence().get("recovery")).isEqualTo(NEW.shown());
    }

    @Test
    @Order(6)
    void oldSharesDoNotCombineWithNewOnesAndTheNewHoldersRecoverTheGateway() throws Exception {
        gateway.kill();
        Files.delete(folder.resolve("state.key"));
        use(Replica.start("holders-lost", DATABASE, settings(NEW)).awaitPrinted("waits for 3 shares"));
        gateway.await("log/checkpoint", 503);
        assertThat(NEW.give("clinic-c").status()).isEqualTo(200);
        assertThat(NEW.give("hospital-b").status()).isEqualTo(200);
        refused(NEW.give("hospital-a", "hospital-a", OLD.share("hospital-a")), 403, "SHARE_FOREIGN");
        refused(NEW.give("algo-lab", "algo-lab", OLD.share("algo-lab")), 403, "NOT_A_HOLDER");
        assertThat(NEW.give("hospital-a").json().get("state").getAsString()).isEqualTo("recovered");
        gateway.awaitReady();
    }
}
