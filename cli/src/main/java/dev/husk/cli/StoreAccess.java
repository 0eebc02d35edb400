package dev.husk.cli;

import dev.husk.protocol.json.Digests;
import dev.husk.store.minio.ObjectStore;
import dev.husk.store.minio.StoreException;
import dev.husk.store.minio.StoreLocation;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * The object store of the settings: {@code s3_endpoint}, {@code s3_access_key}, {@code s3_secret_key}. It sees
 * ciphertext only.
 */
final class StoreAccess {
    private static final Duration LINK = Duration.ofHours(6);

    private StoreAccess() {}

    static ObjectStore open(Settings settings) throws CommandFailed, IOException {
        var endpoint = settings.require("s3_endpoint", "object store URL");
        try {
            return ObjectStore.connect(
                    URI.create(endpoint),
                    settings.require("s3_access_key", "access key of the object store"),
                    settings.require("s3_secret_key", "secret key of the object store"));
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable(e.getMessage() + " (setting: HUSK_S3_ENDPOINT)");
        }
    }

    /** A store's failure with the exit code that fits it. */
    static CommandFailed failure(StoreException e) {
        return switch (e.problem()) {
            case NO_ANSWER, FAILED -> CommandFailed.unreachable(e.getMessage() + " (setting: HUSK_S3_ENDPOINT)");
            case NO_STORE -> CommandFailed.unreachable(String.valueOf(e.getMessage()));
            case ACCESS_DENIED ->
                CommandFailed.refused(e.getMessage() + " (settings: HUSK_S3_ACCESS_KEY, HUSK_S3_SECRET_KEY)");
            default -> CommandFailed.unusable(String.valueOf(e.getMessage()));
        };
    }

    /** Digest of the object as it lies in the store, {@code sha256:hex}; reads all of it. */
    static String sha256(ObjectStore store, StoreLocation location, LongConsumer progress)
            throws CommandFailed, IOException {
        var request = HttpRequest.newBuilder(store.presignGet(location, LINK)).build();
        try {
            var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                if (response.statusCode() != 200) {
                    throw CommandFailed.unreachable(
                            "the store answered " + response.statusCode() + " when asked for " + location);
                }
                return digest(body, progress);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.unreachable("interrupted while reading " + location);
        }
    }

    /** Copies an object as it lies in the store into a new file, and says its digest, {@code sha256:hex}. */
    static String copy(ObjectStore store, StoreLocation location, Path out) throws CommandFailed, IOException {
        var request = HttpRequest.newBuilder(store.presignGet(location, LINK)).build();
        var next = Files.createTempFile(out.toAbsolutePath().getParent(), ".husk-", ".fetching");
        try {
            var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofFile(next));
            if (response.statusCode() != 200) {
                throw CommandFailed.unreachable(
                        "the store answered " + response.statusCode() + " when asked for " + location);
            }
            try (var in = Files.newInputStream(next)) {
                var digest = digest(in, taken -> {});
                Files.move(next, out);
                return digest;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.unreachable("interrupted while reading " + location);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private static String digest(InputStream body, LongConsumer progress) throws IOException {
        var digest = Digests.sha256();
        byte[] buffer = new byte[1 << 16];
        long taken = 0;
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            digest.update(buffer, 0, n);
            taken += n;
            progress.accept(taken);
        }
        return Digests.text(digest.digest());
    }
}
