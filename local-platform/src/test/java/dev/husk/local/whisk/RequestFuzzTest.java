package dev.husk.local.whisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Random paths, queries and bodies, from a fixed seed: each is answered, and none by a fault of the server. */
@Timeout(600)
class RequestFuzzTest {
    private static final int REQUESTS = 4000;
    private static final List<String> METHODS =
            List.of("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS", "X");
    private static final List<String> SEGMENTS = List.of(
            "api",
            "v1",
            "namespaces",
            "_",
            "guest",
            "actions",
            "packages",
            "triggers",
            "rules",
            "activations",
            "web",
            "default",
            "a",
            "p",
            "r",
            "t",
            "a.json",
            "a.http",
            "",
            "",
            "%2F",
            "%",
            "%zz",
            "%C3%28",
            "..",
            "%00",
            "é",
            "0123456789abcdef0123456789abcdef",
            "logs",
            "result",
            "x".repeat(300),
            "{}",
            ";",
            "a b",
            "[");
    private static final List<String> QUERIES = List.of(
            "limit=5",
            "limit=-1",
            "limit=999999999999999999999",
            "skip=1",
            "skip=99999999999999999",
            "since=0",
            "upto=x",
            "docs=true",
            "docs=maybe",
            "count=true",
            "blocking=false",
            "result=true",
            "overwrite=true",
            "overwrite=",
            "code=false",
            "force=true",
            "name=a",
            "timeout=1",
            "=",
            "&&",
            "%",
            "a=%zz",
            "__ow_body=1");
    private static final List<String> BODIES = List.of(
            "",
            "{}",
            "[]",
            "null",
            "1",
            "\"x\"",
            "{",
            "{\"a\":1,\"a\":2}",
            "\u0000",
            "[".repeat(500),
            "{\"exec\":{\"kind\":\"none\",\"code\":\"x\"}}",
            "{\"exec\":[]}",
            "{\"exec\":{\"kind\":[]}}",
            "{\"exec\":{\"kind\":\"fake:default\",\"code\":\"echo\",\"main\":{}}}",
            "{\"parameters\":[{\"key\":1}]}",
            "{\"parameters\":{\"a\":[]}}",
            "{\"annotations\":[null]}",
            "{\"limits\":[]}",
            "{\"limits\":{\"timeout\":\"x\"}}",
            "{\"version\":\"1.2\"}",
            "{\"version\":\"1.2.3\"}",
            "{\"delAnnotations\":[1,{},null,\"x\"]}",
            "{\"binding\":{\"namespace\":{},\"name\":[]}}",
            "{\"binding\":{\"namespace\":\"_\",\"name\":\"p\"}}",
            "{\"binding\":[]}",
            "{\"trigger\":\"/_/t\",\"action\":\"/_/a\"}",
            "{\"trigger\":1,\"action\":{\"path\":[]}}",
            "{\"trigger\":{\"path\":{},\"name\":null},\"action\":true}",
            "{\"status\":\"active\"}",
            "{\"status\":[]}",
            "{\"status\":{}}",
            "{\"status\":null}");

    @TempDir
    Path folder;

    @Test
    void everyRequestIsAnsweredAndNoneByAFaultOfTheServer() throws Exception {
        var random = new Random(20260101);
        try (var server = Servers.start(folder, Servers.limits(2))) {
            var client = new Client(server);
            for (int i = 0; i < REQUESTS; i++) {
                var method = pick(random, METHODS);
                var path = path(random);
                var body = pick(random, BODIES);
                // Invocations run processes; other tests are about those.
                if (method.equals("POST") && (path.contains("/actions/") || path.contains("/triggers/"))) {
                    body = "]";
                }
                // The JDK's server refuses such an address unread, and its refusal would be lost behind the body.
                if (!isAddress(path)) {
                    body = "";
                }
                assertThat(client.raw(method, path, body))
                        .as("request %d: %s %s %s", i, method, path, body)
                        .isBetween(200, 499);
            }
            client.create("still-here", "echo");
        }
    }

    private static String path(Random random) {
        var path = new StringBuilder();
        if (random.nextInt(10) > 0) {
            path.append("/api/v1");
            if (random.nextInt(10) > 0) {
                path.append(random.nextInt(6) == 0 ? "/web" : "/namespaces/_");
            }
        }
        for (int n = random.nextInt(4); n >= 0; n--) {
            path.append('/').append(pick(random, SEGMENTS));
        }
        for (int n = random.nextInt(3), i = 0; i < n; i++) {
            path.append(i == 0 ? '?' : '&').append(pick(random, QUERIES));
        }
        return path.toString();
    }

    private static boolean isAddress(String path) {
        try {
            new URI(path);
            return !path.contains(" ") && !path.startsWith("//");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static String pick(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
