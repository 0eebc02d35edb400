package dev.husk.local.whisk;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * All entities, in memory and as one file each. A change is on disk, whole, before it is seen.
 *
 * <p>Safe to share between threads; changes happen one at a time.
 */
final class Entities {
    private static final int LARGEST_FILE = 128 * 1024 * 1024;

    private final Path folder;
    private final Map<String, Entity> byKey = new ConcurrentSkipListMap<>();

    private Entities(Path folder) {
        this.folder = folder;
    }

    /** @throws IOException if the folder cannot be used or a file in it is damaged, which the message names */
    static Entities open(Path folder) throws IOException {
        Files.createDirectories(folder);
        var entities = new Entities(folder);
        try (var files = Files.newDirectoryStream(folder, "*.json")) {
            for (var file : files) {
                try {
                    if (!(Json.parse(Files.readAllBytes(file), LARGEST_FILE) instanceof JsonObject json)) {
                        throw new IOException(file + ": no JSON object");
                    }
                    var entity = Entity.fromFile(json);
                    entities.byKey.put(entity.path().key(), entity);
                } catch (MalformedJsonException | Refused e) {
                    throw new IOException(file + ": " + e.getMessage());
                }
            }
        }
        return entities;
    }

    Optional<Entity> find(EntityPath path) {
        return Optional.ofNullable(byKey.get(path.key()));
    }

    Entity get(EntityPath path) throws Refused {
        return find(path).orElseThrow(Refused::missing);
    }

    /** Those of a collection, and for actions of one package where {@code packageName} is not empty, newest first. */
    List<Entity> list(EntityPath.Kind kind, String packageName) {
        return byKey.values().stream()
                .filter(entity -> entity.path().kind() == kind)
                .filter(entity ->
                        packageName.isEmpty() || entity.path().packageName().equals(packageName))
                .sorted((a, b) -> Long.compare(b.updated(), a.updated()))
                .toList();
    }

    /** How an entity comes to be, given the one that stood there before. */
    @FunctionalInterface
    interface Change {
        Entity apply(Optional<Entity> before) throws Refused;
    }

    synchronized Entity change(EntityPath path, Change change) throws Refused, IOException {
        var after = change.apply(find(path));
        write(after);
        byKey.put(path.key(), after);
        return after;
    }

    synchronized Entity remove(EntityPath path) throws Refused, IOException {
        var entity = get(path);
        Files.deleteIfExists(file(path));
        byKey.remove(path.key());
        return entity;
    }

    private void write(Entity entity) throws IOException {
        var file = file(entity.path());
        writeWhole(file, entity.toFile().toString().getBytes(StandardCharsets.UTF_8));
    }

    private Path file(EntityPath path) {
        var name = Digests.sha256(path.key().getBytes(StandardCharsets.UTF_8)).substring("sha256:".length());
        return folder.resolve(name + ".json");
    }

    /** Replaces a file by new content, or leaves it as it was. */
    static void writeWhole(Path file, byte[] content) throws IOException {
        var temporary = Files.createTempFile(file.toAbsolutePath().getParent(), "new", ".tmp");
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                for (var buffer = ByteBuffer.wrap(content); buffer.hasRemaining(); ) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
