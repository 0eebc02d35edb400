package dev.husk.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** As much of an S3 server as one small object needs. Checks no signature. */
final class FakeStore extends FakeServer {
    final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    int putStatus = 200;

    FakeStore() throws IOException {}

    @Override
    Answer answer(Request request) {
        return switch (request.method()) {
            case "PUT" -> put(request);
            case "DELETE" -> {
                objects.remove(request.path());
                yield new Answer(204, new byte[0], Map.of());
            }
            default -> read(request);
        };
    }

    private Answer put(Request request) {
        if (putStatus != 200) {
            return error(putStatus, putStatus == 403 ? "AccessDenied" : "XMinioStorageFull");
        }
        objects.put(request.path(), request.body());
        return new Answer(200, new byte[0], Map.of("ETag", "\"1\""));
    }

    private Answer read(Request request) {
        var object = objects.get(request.path());
        if (object == null) {
            return error(404, "NoSuchKey");
        }
        var range = request.header("Range");
        if (range.startsWith("bytes=")) {
            var ends = range.substring(6).split("-");
            int from = Integer.parseInt(ends[0]);
            int to = Math.min(object.length, Integer.parseInt(ends[1]) + 1);
            return new Answer(
                    206,
                    Arrays.copyOfRange(object, from, to),
                    Map.of("ETag", "\"1\"", "Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, object.length)));
        }
        var headers = Map.of("ETag", "\"1\"", "Last-Modified", "Wed, 25 Nov 2026 10:00:00 GMT");
        if (request.method().equals("HEAD")) {
            request.exchange().getResponseHeaders().set("Content-Length", Integer.toString(object.length));
        }
        return new Answer(200, object, headers);
    }

    private static Answer error(int status, String code) {
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>no</Message></Error>"
                .formatted(code);
        return new Answer(
                status,
                xml.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                Map.of("Content-Type", "application/xml"));
    }
}
