package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the command knows of where it works: a folder ({@code HUSK_HOME}, by default {@code ~/.husk}) with
 * {@code settings.json}, the parties' keys, their tokens, and the pinned gateways. Environment variables of the same
 * name in capitals win over the file: {@code gateway} is {@code HUSK_GATEWAY}.
 */
final class Settings {
    private static final Pattern PARTY = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private final Path folder;
    private final Map<String, String> environment;
    private final TokenSource tokens;
    private final Pause pause;

    private Settings(Path folder, Map<String, String> environment, TokenSource tokens, Pause pause) {
        this.folder = folder;
        this.environment = Map.copyOf(environment);
        this.tokens = tokens;
        this.pause = pause;
    }

    static Settings of(Map<String, String> environment) {
        var named = environment.get("HUSK_HOME");
        var folder =
                named != null && !named.isBlank() ? Path.of(named) : Path.of(System.getProperty("user.home"), ".husk");
        return new Settings(folder, environment, party -> Optional.empty(), Pause.REAL);
    }

    static Settings in(Path folder) {
        return new Settings(folder, Map.of(), party -> Optional.empty(), Pause.REAL);
    }

    /** These settings with tokens from {@code source}; where it has none, the party's file still counts. */
    Settings with(TokenSource source) {
        return new Settings(folder, environment, source, pause);
    }

    /** These settings with another way to wait. */
    Settings pausing(Pause other) {
        return new Settings(folder, environment, tokens, other);
    }

    Pause pause() {
        return pause;
    }

    Path folder() {
        return folder;
    }

    PartyKeyFile key(String party) throws CommandFailed {
        return new PartyKeyFile(partyFile(party, ".key.pem"));
    }

    RecoveryKeyFile recoveryKey(String party) throws CommandFailed {
        return new RecoveryKeyFile(partyFile(party, ".recovery.pem"));
    }

    /** Where a party keeps its share of the gateway's state key, sealed. */
    Path share(String party) throws CommandFailed {
        return partyFile(party, ".share.json");
    }

    /** The party's bearer token for the gateway's API. */
    String token(String party) throws CommandFailed, IOException {
        var issued = tokens.token(party);
        if (issued.isPresent()) {
            return issued.get();
        }
        try {
            var token = Files.readString(partyFile(party, ".token"), StandardCharsets.ISO_8859_1)
                    .strip();
            if (!token.matches("[ -~]+")) {
                throw CommandFailed.unusable(partyFile(party, ".token") + " does not hold a token");
            }
            return token;
        } catch (NoSuchFileException e) {
            throw CommandFailed.unusable("no token for " + party + ": put one into " + partyFile(party, ".token")
                    + " (your identity provider issues it; for a local platform, `husk up` sees to it)");
        }
    }

    void saveToken(String party, String token) throws CommandFailed, IOException {
        WholeFile.replace(partyFile(party, ".token"), token + "\n");
    }

    Map<String, String> environment() {
        return environment;
    }

    String require(String name, String what) throws CommandFailed, IOException {
        return find(name)
                .orElseThrow(() -> CommandFailed.unusable("no " + what + ": set HUSK_"
                        + name.toUpperCase(java.util.Locale.ROOT) + " or start a local platform with `husk up`"));
    }

    Optional<String> find(String name) throws CommandFailed, IOException {
        var fromEnvironment = environment.get("HUSK_" + name.toUpperCase(java.util.Locale.ROOT));
        if (fromEnvironment != null) {
            return Optional.of(fromEnvironment);
        }
        var value = file().get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof JsonPrimitive text && text.isString()) {
            return Optional.of(text.getAsString());
        }
        throw CommandFailed.unusable(folder.resolve("settings.json") + ": '" + name + "' is not a text");
    }

    /** Adds to {@code settings.json}, replacing it in one step. */
    void save(Map<String, String> values) throws CommandFailed, IOException {
        var all = file();
        values.forEach(all::addProperty);
        WholeFile.replace(folder.resolve("settings.json"), all + "\n");
    }

    Path pinFile() {
        return folder.resolve("gateway.pin.json");
    }

    Optional<JsonObject> pin() throws CommandFailed, IOException {
        return object(pinFile());
    }

    void pin(JsonObject pin) throws IOException {
        WholeFile.replace(pinFile(), pin + "\n");
    }

    private JsonObject file() throws CommandFailed, IOException {
        return object(folder.resolve("settings.json")).orElseGet(JsonObject::new);
    }

    static Optional<JsonObject> object(Path path) throws CommandFailed, IOException {
        return object(path, 1 << 20);
    }

    static Optional<JsonObject> object(Path path, int maxBytes) throws CommandFailed, IOException {
        try {
            JsonElement parsed = Json.parse(Files.readAllBytes(path), maxBytes);
            if (!parsed.isJsonObject()) {
                throw CommandFailed.unusable(path + " does not hold a JSON object");
            }
            return Optional.of(parsed.getAsJsonObject());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (MalformedJsonException e) {
            throw CommandFailed.unusable(path + ": " + e.getMessage());
        }
    }

    private Path partyFile(String party, String ending) throws CommandFailed {
        if (!PARTY.matcher(party).matches()) {
            throw CommandFailed.unusable(
                    "'" + party + "' cannot be a party's name: lower-case letters, digits and dashes, at most 63");
        }
        return folder.resolve("parties").resolve(party + ending);
    }
}
