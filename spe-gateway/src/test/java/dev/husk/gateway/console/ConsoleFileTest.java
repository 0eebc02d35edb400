package dev.husk.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleFileTest {
    private static final Pattern NAMED = Pattern.compile("(?:from |src=|href=)['\"](?:\\./)?([a-z]+\\.[a-z]+)['\"]");

    @Test
    void everyFileOfThePageIsServedAndNamesOnlyFilesThatAre() throws Exception {
        var served = new ArrayList<String>();
        try (var files = Files.list(folder())) {
            for (var file : files.filter(path -> path.toString().matches(".*\\.(html|mjs|css|svg)"))
                    .toList()) {
                var name = file.getFileName().toString();
                if (!name.equals(ConsoleFile.PAGE.name())) {
                    assertThat(ConsoleFile.named(name)).as(name).isPresent();
                    served.add(name);
                }
                var others = NAMED.matcher(Files.readString(file, StandardCharsets.UTF_8));
                while (others.find()) {
                    assertThat(folder().resolve(others.group(1)))
                            .as("named by %s", name)
                            .exists();
                }
            }
        }
        assertThat(served).hasSizeGreaterThan(20).contains("app.mjs", "verification.mjs", "console.css", "icon.svg");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "index.html", "ConsoleFile.class", "../console/app.mjs", "app.mjs/", "APP.MJS", "app"})
    void nothingElseIs(String name) {
        assertThat(ConsoleFile.named(name)).isEmpty();
    }

    /** A text of a server becomes a text node and nothing else. */
    @Test
    void noScriptMakesMarkupOrCodeFromTexts() throws Exception {
        try (var files = Files.list(folder())) {
            for (var file :
                    files.filter(path -> path.toString().endsWith(".mjs")).toList()) {
                assertThat(Files.readString(file, StandardCharsets.UTF_8))
                        .as(file.getFileName().toString())
                        .doesNotContain(
                                "innerHTML",
                                "outerHTML",
                                "insertAdjacentHTML",
                                "document.write",
                                "DOMParser",
                                "eval(",
                                "new Function",
                                "srcdoc",
                                "sessionStorage",
                                "document.cookie");
            }
        }
    }

    static Path folder() throws Exception {
        var page = Objects.requireNonNull(ConsoleFile.class.getResource(ConsoleFile.PAGE.name()));
        return Objects.requireNonNull(Path.of(page.toURI()).getParent());
    }
}
