package dev.husk.cli;

import dev.husk.cli.demo.Commands;
import dev.husk.local.LocalIssuer;
import dev.husk.local.LocalPlatform;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What connects the command line to a local platform: its addresses, and tokens from its issuer. */
final class LocalHusk {
    private LocalHusk() {}

    /** What goes into {@code settings.json}, so that later commands find the platform. */
    static Map<String, String> settings(LocalPlatform platform, Path state) {
        var values = new LinkedHashMap<String, String>();
        values.put("gateway", platform.gatewayUrl().toString());
        values.put("whisk_url", platform.whiskUrl().toString());
        values.put("whisk_auth", platform.whiskAuth());
        values.put("s3_endpoint", platform.s3Endpoint().toString());
        values.put("s3_access_key", platform.s3AccessKey());
        values.put("s3_secret_key", platform.s3SecretKey());
        values.put("issuer", state.toString());
        platform.authorities().ifPresent(file -> values.put("ca", file.toString()));
        return values;
    }

    /** Tokens from the issuer of a local platform, where the settings name one. */
    static TokenSource tokens(Settings settings) {
        return party -> {
            var folder = settings.find("issuer").map(Path::of);
            return folder.isPresent() && Files.isReadable(folder.get().resolve("issuer.key"))
                    ? Optional.of(
                            LocalIssuer.open(folder.get(), Clock.systemUTC()).token(party))
                    : Optional.empty();
        };
    }

    /** Runs commands in a folder of their own against {@code platform}, capturing what they print. */
    static Commands commands(LocalPlatform platform, Path home, Path state, String passphrase)
            throws CommandFailed, IOException {
        var environment = new HashMap<String, String>();
        environment.put("HUSK_HOME", home.toString());
        environment.put("HUSK_PASSPHRASE", passphrase);
        environment.put("NO_COLOR", "1");
        var settings = Settings.of(environment)
                .with(party -> Optional.of(platform.issuer().token(party)));
        settings.save(settings(platform, state));
        return arguments -> {
            var out = new StringWriter();
            var err = new StringWriter();
            int exitCode = Main.commandLine(settings)
                    .setOut(new PrintWriter(out, true))
                    .setErr(new PrintWriter(err, true))
                    .execute(arguments);
            return new Commands.Ran(exitCode, out.toString(), err.toString());
        };
    }
}
