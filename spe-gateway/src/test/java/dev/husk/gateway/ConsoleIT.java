package dev.husk.gateway;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.VerifierKey;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The console in a real browser, before a gateway that the browser's side makes lie. */
@ArquillianTest
@RunAsClient
class ConsoleIT {
    /** Before all others by name, so that the page opens with it. */
    private static final String NAME = "a-console";

    private static final String EVENTS = "**/v1/contracts/" + NAME + "/events";
    private static final String HEAD = "**/log/checkpoint";

    private static Optional<Browser> started = Optional.empty();
    private static TestContract heart;
    private static String logKey = "";

    private Browser browser;
    private Page page;
    private String token = "";

    @Deployment(testable = false)
    static WebArchive nothing() {
        return ServerUnderTest.nothing("console-test.war");
    }

    @BeforeAll
    static void start() throws Exception {
        started = Browser.start();
        if (started.isEmpty()) {
            var hint = "ConsoleIT does not run: install chromium (/usr/bin/chromium)";
            System.out.println(hint);
            Assumptions.abort(hint);
        }
        ServerUnderTest.awaitReady();
        heart = TestContract.named(NAME).active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        for (int epochs : new int[] {7, 9}) {
            var parameters = new JsonObject();
            parameters.addProperty("epochs", epochs);
            assertThat(sandbox.release(NAME, "train", heart.invocation("algo-lab", parameters))
                            .status())
                    .isEqualTo(200);
        }
        assertThat(sandbox.key(NAME, "risk-model").status()).isEqualTo(403);
        assertThat(sandbox.attest("sha256:" + "1".repeat(64)).status()).isNotEqualTo(200);
        logKey = Http.post(
                        "v1/gateway/evidence", "application/json", "{\"nonce\":\"" + "A".repeat(43) + "\"}", Map.of())
                .json()
                .getAsJsonObject("keys")
                .get("log")
                .getAsString();
    }

    @AfterAll
    static void stop() {
        started.ifPresent(Browser::close);
    }

    @BeforeEach
    void open() {
        browser = started.orElseThrow();
        token = ServerUnderTest.issuer().token("hospital-a");
        page = browser.page(1280, 900, ColorScheme.LIGHT);
        page.navigate(ServerUnderTest.base() + "console/");
    }

    /** Whatever a test does: no other host, no complaint of the browser, no trace of the token. */
    @AfterEach
    void nothingLeaks() {
        try {
            assertThat(browser.requests)
                    .isNotEmpty()
                    .allSatisfy(address -> assertThat(address).startsWith(ServerUnderTest.base()))
                    .allSatisfy(address -> assertThat(address).doesNotContain(token));
            assertThat(browser.complaints)
                    .filteredOn(complaint -> !complaint.startsWith("error: Failed to load resource"))
                    .isEmpty();
            assertThat(
                            String.valueOf(
                                    page.evaluate(
                                            "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])")))
                    .doesNotContain(token);
        } finally {
            browser.forget();
        }
    }

    @Test
    void withoutATokenThereIsTheFormAndNothingElse() {
        assertThat(page.getByLabel("Token")).isFocused();
        assertThat(page.getByRole(AriaRole.BUTTON)).hasCount(1);
        assertThat(page.getByRole(AriaRole.NAVIGATION)).hasCount(0);
        assertThat(page.locator("main section")).hasCount(0);
        assertThat(browser.requests).noneMatch(address -> address.contains("/v1/") || address.contains("/log/"));
        assertThat(browser.complaints).isEmpty();
    }

    @Test
    void theFilesOfThePageComeWithHeadersThatLetNothingElseIn() throws Exception {
        var log = new PublicLog(ServerUnderTest.base());
        for (var file : new String[] {"", "app.mjs", "console.css", "icon.svg"}) {
            var answer = log.get("console/" + file);
            assertThat(answer.statusCode()).as(file).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")
                    .contains("require-trusted-types-for 'script'")
                    .doesNotContain("unsafe", "http", "*", "data:", "blob:");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(answer.headers().firstValue("Cross-Origin-Opener-Policy"))
                    .contains("same-origin");
            assertThat(answer.headers().firstValue("Cross-Origin-Resource-Policy"))
                    .contains("same-origin");
            assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
        }
        var moved = PublicLog.send(HttpRequest.newBuilder(URI.create(ServerUnderTest.base() + "console"))
                .build());
        assertThat(moved.statusCode()).isEqualTo(308);
        assertThat(moved.headers().firstValue("Location").orElse("")).endsWith("/console/");
        for (var other : new String[] {"index.html", "ConsoleFile.class", "..%2fconsole/app.mjs", "beans.xml"}) {
            assertThat(log.get("console/" + other).statusCode()).as(other).isIn(400, 404);
        }
    }

    @Test
    void aWrongTokenGetsAPlainMessageAndAnotherTry() {
        signIn("nonsense");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("The gateway does not take this token");
        assertThat(page.getByLabel("Token")).isFocused();
        assertThat(page.getByRole(AriaRole.NAVIGATION)).hasCount(0);
        signIn(token);
        assertThat(heading(NAME)).isVisible();
    }

    @Test
    void contractsTimelineBudgetsAndAlarmsAreShown() {
        signIn(token);
        assertThat(heading(NAME)).isFocused();
        assertThat(page.getByText("Signed in as hospital-a")).isVisible();
        assertThat(card("What the contract means")).containsText("Signed by all of: hospital-a, hospital-b, algo-lab.");
        assertThat(card("What the contract means"))
                .containsText(
                        "anna-2025 \u2192 train \u2192 risk-model \u2192 infer \u2192 callers: hospital-a, hospital-b");
        assertThat(page.getByText("SIMULATED: this contract")).isVisible();
        assertThat(card("Budgets left")).containsText("8 left in all: 2 of 10 runs used");
        assertThat(card("Budgets left")).containsText("3 left today (UTC): 2 of 5 runs used");
        assertThat(card("Alarms")).containsText("asked to be bound to other code");
        assertThat(card("Releases and refusals").getByRole(AriaRole.IMG))
                .hasAttribute("aria-label", Pattern.compile("2 releases and 2 refusals from .*"));
        var timeline = card("Timeline");
        assertThat(timeline).containsText("keys RELEASED to train, called by algo-lab");
        // Its own data are read, so what the function was called with is told.
        assertThat(timeline).containsText("{\"epochs\":7}");
        assertThat(timeline).containsText("NOT_IN_GRANT");
        assertThat(timeline.getByText("unchecked").first()).isVisible();
        timeline.getByLabel("Kind").selectOption("releases");
        assertThat(timeline.getByRole(AriaRole.LISTITEM)).hasCount(2);
        timeline.getByLabel("Words").fill("hospital-b");
        assertThat(timeline.getByRole(AriaRole.LISTITEM)).hasCount(0);
        timeline.getByLabel("Kind").selectOption("");
        assertThat(timeline.getByText("hospital-b accepted the contract")).isVisible();
        timeline.getByLabel("Words").fill("");
        timeline.getByLabel("To (UTC)").fill("2001-01-01");
        assertThat(timeline.getByRole(AriaRole.LISTITEM)).hasCount(0);
    }

    @Test
    void signingOutForgetsEverythingShown() {
        signIn(token);
        assertThat(heading(NAME)).isVisible();
        button("Sign out").click();
        assertThat(page.getByLabel("Token")).isFocused();
        assertThat(page.getByLabel("Token")).hasValue("");
        assertThat(page.locator("body")).not().containsText(NAME);
    }

    @Test
    void verifyingSaysHowManyEventsThereAreAndMarksThem() throws Exception {
        signIn(token);
        verified(logKey);
        assertThat(outcome()).containsText("all " + heart.events().size() + " events of " + NAME + " are in the log");
        assertThat(card("Timeline").getByText("\u2713 in the log"))
                .hasCount(heart.events().size());
        assertThat(card("Timeline").getByText("unchecked")).hasCount(0);
        assertThat(verifying()).containsText("Seen before");
        // The pin is kept: the second time nothing is asked.
        page.reload();
        signIn(token);
        verifying().getByText("a log of").waitFor();
        button("Verify").click();
        assertThat(outcome()).containsText("It only grew since this browser saw it", patiently());
    }

    @Test
    void theGatewaysOwnChainIsVerifiedAsWell() {
        signIn(token);
        button("The gateway itself").click();
        assertThat(heading("The gateway itself")).isVisible();
        verified(logKey);
        assertThat(outcome()).containsText("events of the gateway are in the log");
    }

    @Test
    void everythingFromTokenToVerdictIsReachedByKeyboard() {
        page.keyboard().insertText(token);
        page.keyboard().press("Enter");
        assertThat(heading(NAME)).isFocused();
        tabTo("Verify");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.DIALOG)).containsText(logKey);
        assertThat(page.locator("#claimed-key")).hasText(logKey);
        // Nothing is pinned without a word of the user's.
        tabTo("Pin this key");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.DIALOG).getByRole(AriaRole.ALERT)).containsText("compared both");
        page.keyboard().press("Tab");
        page.keyboard().press("Space");
        tabTo("Pin this key");
        page.keyboard().press("Enter");
        assertThat(outcome()).containsText("\u2713 Verified", patiently());
        tabTo("Forget it");
        page.keyboard().press("Enter");
        assertThat(page.evaluate("() => localStorage.getItem('husk.console.log-key')"))
                .isNull();
    }

    @Test
    void escapingFromTheQuestionForTheKeyVerifiesNothing() {
        signIn(token);
        button("Verify").click();
        page.getByLabel("The key that your machine shows").fill("husk.test/log+00000000+AAAA");
        button("Pin this key").click();
        assertThat(page.getByRole(AriaRole.DIALOG).getByRole(AriaRole.ALERT)).containsText("This is no log key");
        page.keyboard().press("Escape");
        assertThat(verifying()).containsText("Not verified: no key is pinned");
    }

    @Test
    void anotherKeyThanTheLogsVerifiesNothing() {
        signIn(token);
        verify(VerifierKey.of(
                        VerifierKey.parse(logKey).name(),
                        PartySigner.generate().key().raw())
                .text());
        assertThat(outcome()).containsText("The log is not signed by the key that is pinned here", patiently());
        assertThat(card("Timeline").getByText("unchecked").first()).isVisible();
    }

    @ParameterizedTest
    @CsvSource({
        "OPENING_WITHHELD, The gateway withholds an event of the contract",
        "EVENT_ALTERED, An event is not the one that was logged",
        "EVENT_NOT_LOGGED, The gateway shows an event that is not in the log",
    })
    void liesAboutEventsAreFound(String code, String words) {
        answer(EVENTS, body -> {
            var answer = JsonParser.parseString(body).getAsJsonObject();
            lie(code, answer.getAsJsonArray("events"));
            return answer.toString();
        });
        signIn(token);
        verify(logKey);
        assertThat(outcome()).containsText(words, patiently());
        assertThat(outcome()).containsText(code);
        assertThat(page.evaluate("() => Object.keys(localStorage).length")).isEqualTo(1);
    }

    private static void lie(String code, JsonArray events) {
        int last = events.size() - 1;
        switch (code) {
            case "OPENING_WITHHELD" -> events.remove(last);
            case "EVENT_ALTERED" ->
                events.get(last).getAsJsonObject().getAsJsonObject("event").addProperty("what", "release");
            default -> {
                var twice = events.get(last).deepCopy().getAsJsonObject();
                twice.addProperty("index", 0);
                events.add(twice);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "**/log/tile/entries/**, 40, The entries are not the ones that the log has signed",
        "**/log/tile/entries/**, -1, An entry of the log cannot be read",
        "**/log/tile/0/**, 40, The files that proofs are made from are not those",
    })
    void otherBytesInTheLogAreFound(String files, int at, String words) {
        page.route(files, route -> {
            var answer = route.fetch();
            byte[] body = answer.body();
            if (at < 0) {
                body = java.util.Arrays.copyOf(body, body.length - 1);
            } else {
                body[at] ^= 1;
            }
            route.fulfill(new Route.FulfillOptions().setStatus(answer.status()).setBodyBytes(body));
        });
        signIn(token);
        verify(logKey);
        assertThat(outcome()).containsText(words, patiently());
    }

    @Test
    void aSecondHistoryOfTheSameSizeIsFound() {
        // A log key of the test's own can sign what no honest gateway does.
        var name = VerifierKey.parse(logKey).name();
        var signer = PartySigner.generate();
        var lying = new boolean[1];
        UnaryOperator<String> resign = text -> {
            var head = Checkpoint.parse(text);
            byte[] root = head.root();
            root[0] ^= (byte) (lying[0] ? 1 : 0);
            return Checkpoint.of(name, head.size(), root).sign(name, signer).text();
        };
        answer(HEAD, resign);
        answer(EVENTS, body -> {
            var answer = JsonParser.parseString(body).getAsJsonObject();
            answer.addProperty(
                    "checkpoint", resign.apply(answer.get("checkpoint").getAsString()));
            return answer.toString();
        });
        signIn(token);
        verified(VerifierKey.of(name, signer.key().raw()).text());
        lying[0] = true;
        button("Verify").click();
        assertThat(outcome()).containsText("The log has signed two histories that exclude each other", patiently());
    }

    @Test
    void aCheckpointThatIsOlderThanWhatWasSeenIsFound() throws Exception {
        var old = Http.get("log/checkpoint", Map.of()).body();
        assertThat(heart.invocationKey("algo-lab", "train").status()).isEqualTo(200);
        var deadline = java.time.Instant.now().plus(java.time.Duration.ofSeconds(60));
        while (Flow.logSize() == Checkpoint.parse(old).size()) {
            assertThat(java.time.Instant.now()).as("the log grows").isBefore(deadline);
        }
        signIn(token);
        verified(logKey);
        answer(HEAD, body -> old);
        answer(EVENTS, body -> {
            var answer = JsonParser.parseString(body).getAsJsonObject();
            answer.addProperty("checkpoint", old);
            return answer.toString();
        });
        button("Verify").click();
        assertThat(outcome()).containsText("The log is shorter than it was", patiently());
    }

    @Test
    void witnessesLinesAreShownAndTextsOfTheGatewayAreNeverMarkup() {
        var hostile = "<img src=x onerror=alert(1)>";
        answer(HEAD, body -> body + "\u2014 witness.test/one " + "A".repeat(100) + "\n");
        answer(EVENTS, body -> {
            var answer = JsonParser.parseString(body).getAsJsonObject();
            var text = answer.get("checkpoint").getAsString();
            answer.addProperty("checkpoint", text + "\u2014 witness.test/one " + "A".repeat(100) + "\n");
            return answer.toString();
        });
        signIn(token);
        verified(logKey);
        assertThat(outcome()).containsText("lines in the names of witness.test/one");
        answer("**/v1/contracts/" + NAME, body -> {
            var answer = JsonParser.parseString(body).getAsJsonObject();
            var contract = answer.getAsJsonObject("contract");
            contract.getAsJsonArray("parties").get(0).getAsJsonObject().addProperty("name", hostile);
            return answer.toString();
        });
        button("Reload").click();
        assertThat(card("What the contract means")).containsText(hostile);
        assertThat(page.locator("main img")).hasCount(0);
        button("Verify").click();
        assertThat(outcome())
                .containsText("The text of the contract is not the one that its identity names", patiently());
    }

    @ParameterizedTest
    @CsvSource({"1280, LIGHT", "1280, DARK", "320, LIGHT"})
    void thePageFitsItsWindowInEveryWidthAndColour(int width, ColorScheme colors) throws Exception {
        page = browser.page(width, 900, colors);
        page.navigate(ServerUnderTest.base() + "console/");
        picture("form", width, colors);
        signIn(token);
        button("Verify").click();
        assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
        picture("key", width, colors);
        pin(logKey);
        assertThat(outcome()).containsText("\u2713 Verified", patiently());
        picture("contract", width, colors);
        assertThat((Integer) page.evaluate("() => document.documentElement.scrollWidth"))
                .as("no sideways scrolling")
                .isLessThanOrEqualTo(width);
    }

    /** Kept with the build, for people to look at. */
    private void picture(String name, int width, ColorScheme colors) throws Exception {
        var folder = Files.createDirectories(Path.of(System.getProperty("husk.it"), "console"));
        page.screenshot(new Page.ScreenshotOptions()
                .setFullPage(name.equals("contract"))
                .setPath(folder.resolve("%s-%d-%s.png".formatted(name, width, colors))));
    }

    private void signIn(String with) {
        page.getByLabel("Token").fill(with);
        button("Show my contracts").click();
    }

    /** Presses the button, in a browser that has no pin yet, and pins. */
    private void verify(String key) {
        button("Verify").click();
        pin(key);
    }

    private void pin(String key) {
        page.getByLabel("The key that your machine shows").fill(key);
        button("Pin this key").click();
    }

    private void verified(String key) {
        verify(key);
        assertThat(outcome()).containsText("\u2713 Verified", patiently());
    }

    private void tabTo(String name) {
        for (int i = 0; i < 200; i++) {
            if (name.equals(page.evaluate("() => document.activeElement?.textContent ?? ''"))) {
                return;
            }
            page.keyboard().press("Tab");
        }
        throw new AssertionError("no Tab leads to " + name);
    }

    /** What the gateway answers, changed on its way. */
    private void answer(String pattern, UnaryOperator<String> change) {
        Consumer<Route> changed = route -> {
            var answer = route.fetch();
            route.fulfill(new Route.FulfillOptions()
                    .setStatus(answer.status())
                    .setContentType(answer.headers().getOrDefault("content-type", "application/json"))
                    .setBody(change.apply(answer.text())));
        };
        page.route(pattern, changed);
    }

    private static LocatorAssertions.ContainsTextOptions patiently() {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(60_000);
    }

    private Locator outcome() {
        return page.locator(".outcome");
    }

    private Locator verifying() {
        return card("Is the log complete and true?");
    }

    private Locator card(String title) {
        return page.getByRole(
                AriaRole.REGION, new Page.GetByRoleOptions().setName(title).setExact(true));
    }

    private Locator heading(String text) {
        return page.getByRole(
                AriaRole.HEADING, new Page.GetByRoleOptions().setName(text).setLevel(1));
    }

    private Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }
}
