package dev.husk.gateway;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Debian's Chromium, and what pages in it asked for and complained about. */
final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** Every address that a page asked for. */
    final List<String> requests = new CopyOnWriteArrayList<>();
    /** What pages wrote on their console, and what they threw. */
    final List<String> complaints = new CopyOnWriteArrayList<>();

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser browser;

    private Browser(Playwright playwright) {
        this.playwright = playwright;
        // Chromium does not sandbox itself for root, which is who runs tests in containers.
        this.browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(List.of("--no-sandbox")));
    }

    /** Empty where there is no Chromium. */
    static Optional<Browser> start() {
        return Files.isExecutable(CHROMIUM)
                ? Optional.of(new Browser(Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")))))
                : Optional.empty();
    }

    /** A page of a browser that remembers nothing. */
    Page page(int width, int height, ColorScheme colors) {
        BrowserContext context = browser.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(colors)
                .setReducedMotion(ReducedMotion.REDUCE));
        context.setDefaultTimeout(DEADLINE.toMillis());
        context.onRequest(request -> requests.add(request.url()));
        context.onConsoleMessage(message -> complaints.add(message.type() + ": " + message.text()));
        context.onWebError(error -> complaints.add("thrown: " + error.error()));
        return context.newPage();
    }

    void forget() {
        browser.contexts().forEach(BrowserContext::close);
        requests.clear();
        complaints.clear();
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
