package dev.husk.gateway.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of docs/architecture.md, the list that the start warns by, and what the code reads are one set of names. */
class ConfigurationTableTest {
    private static final Pattern NAME = Pattern.compile("HUSK_[A-Z0-9_]*[A-Z0-9]");
    private static final Pattern QUOTED = Pattern.compile("\"(HUSK_[A-Z0-9_]*[A-Z0-9])\"");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(?:env\\.)?(HUSK_[A-Z0-9_]*[A-Z0-9])}");

    @Test
    void theTableNamesEveryVariableThatIsReadAndNoOther() throws IOException {
        assertThat(table()).isEqualTo(read());
    }

    @Test
    void theStartKnowsEveryVariableThatIsReadAndNoOther() throws IOException {
        assertThat(new TreeSet<>(StartCheck.KNOWN)).isEqualTo(read());
    }

    @Test
    void everySettingHasATrustWrittenBesideIt() throws IOException {
        assertThat(section().lines().filter(line -> line.startsWith("| `HUSK_")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.split("\\|"))
                        .as(line)
                        .hasSize(4)
                        .allSatisfy(cell ->
                                assertThat(cell.isEmpty() || !cell.isBlank()).isTrue()));
    }

    private static Set<String> table() throws IOException {
        var names = new TreeSet<String>();
        section()
                .lines()
                .filter(line -> line.startsWith("| `HUSK_"))
                .forEach(line ->
                        NAME.matcher(line.split("\\|")[1]).results().forEach(match -> names.add(match.group())));
        return names;
    }

    private static String section() throws IOException {
        var text = Files.readString(Path.of("../docs/architecture.md"));
        return text.substring(text.indexOf("## The gateway's configuration"));
    }

    /** Names in the code, but for the check of them, and in the server's configuration. */
    private static Set<String> read() throws IOException {
        var names = new TreeSet<String>();
        try (var files = Files.walk(Path.of("src/main"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = file.toString();
                if (name.endsWith(".java") && !name.endsWith("StartCheck.java")) {
                    QUOTED.matcher(Files.readString(file)).results().forEach(match -> names.add(match.group(1)));
                } else if (name.endsWith(".xml")) {
                    VARIABLE.matcher(Files.readString(file)).results().forEach(match -> names.add(match.group(1)));
                }
            }
        }
        return names;
    }
}
