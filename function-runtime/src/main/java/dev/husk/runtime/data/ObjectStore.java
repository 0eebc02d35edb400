package dev.husk.runtime.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An S3 store through presigned URLs, which carry their own permission. Trusted for nothing: what it gives is checked
 * by whoever reads it. Messages leave the URLs out, for they are secrets while they last. Safe to share between threads.
 */
public final class ObjectStore {
    private static final Duration FIRST_BYTE = Duration.ofSeconds(60);
    private static final Duration UPLOAD = Duration.ofMinutes(60);
    private static final int ATTEMPTS = 3;
    private static final long PAUSE_MILLIS = 200;
    private static final int NO_ANSWER = 0;

    /** Made on first use: it reads the machine's authorities, and not every run reads or writes. */
    private static final class Client {
        static final HttpClient HTTP = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** A part of an object, and how long the object is. */
    record Part(byte[] bytes, long size) {}

    /**
     * Asks once for an object that is not there, so that what reads and writes need is loaded.
     *
     * @param nothing an http or https address that answers 404
     */
    public static void rehearse(URI nothing) {
        try {
            new ObjectStore().get("rehearsal", nothing).close();
        } catch (IOException e) {
            // as expected
        }
    }

    InputStream get(String name, URI url) throws IOException {
        var response =
                send(name, HttpRequest.newBuilder(url).timeout(FIRST_BYTE).GET().build(), BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            response.body().close();
            throw refused(name, response.statusCode());
        }
        return response.body();
    }

    /** At most {@code length} bytes from {@code start}; fewer at the end of the object only. */
    Part get(String name, URI url, long start, int length) throws IOException {
        var request = HttpRequest.newBuilder(url)
                .timeout(FIRST_BYTE)
                .header("Range", "bytes=" + start + "-" + (start + length - 1))
                .GET()
                .build();
        var response = send(name, request, BodyHandlers.ofInputStream());
        try (var body = response.body()) {
            var range = response.headers().firstValue("Content-Range").orElse("");
            if (response.statusCode() == 404) {
                throw refused(name, 404);
            }
            if (response.statusCode() != 206 || !range.matches("bytes " + start + "-[0-9]{1,18}/[0-9]{1,18}")) {
                throw new StoreFailedException(
                        "object %s: the store answered a ranged read with %d".formatted(name, response.statusCode()));
            }
            long size = Long.parseLong(range.substring(range.indexOf('/') + 1));
            int expected = (int) Math.min(length, size - start);
            byte[] bytes = body.readNBytes(length);
            if (bytes.length != expected) {
                throw new StoreFailedException(
                        "object %s: %d bytes came of a part of %d".formatted(name, bytes.length, expected));
            }
            return new Part(bytes, size);
        }
    }

    /** Writes the object anew. Tried again where the store fails, never where it refuses. */
    void put(String name, URI url, Path file) throws IOException {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == ATTEMPTS;
            int status = NO_ANSWER;
            try {
                var request = HttpRequest.newBuilder(url)
                        .timeout(UPLOAD)
                        .PUT(HttpRequest.BodyPublishers.ofFile(file))
                        .build();
                status = send(name, request, BodyHandlers.discarding()).statusCode();
            } catch (IOException e) {
                if (last || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
            if (status / 100 == 2) {
                return;
            }
            if (status != NO_ANSWER && (status < 500 || last)) {
                throw refused(name, status);
            }
            pause(attempt * PAUSE_MILLIS);
        }
    }

    private static StoreFailedException refused(String name, int status) {
        return new StoreFailedException(
                status == 404
                        ? "object %s: is not in the store".formatted(name)
                        : "object %s: the store answered %d".formatted(name, status));
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private <T> HttpResponse<T> send(String name, HttpRequest request, HttpResponse.BodyHandler<T> body)
            throws IOException {
        try {
            return Client.HTTP.send(request, body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("object " + name + ": interrupted", e);
        } catch (IOException e) {
            throw new StoreFailedException(
                    "object " + name + ": the store does not answer ("
                            + e.getClass().getSimpleName() + ")",
                    e);
        }
    }
}
