package dev.husk.local.whisk;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A runtime process for tests: speaks /init and /run, and behaves as the action's code, one word, tells it to. */
final class FakeRuntime {
    private static String code = "";
    private static JsonElement environment = JsonNull.INSTANCE;
    private static int runs;

    private FakeRuntime() {}

    /** A kind whose process is this class in a JVM of its own. */
    static SandboxKind kind(String name) {
        return new SandboxKind(
                name,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx{memory}m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FakeRuntime.class.getName(),
                        "{port}"),
                Map.of());
    }

    public static void main(String[] args) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        if (args.length > 1) {
            System.err.println("arguments: " + String.join(" ", List.of(args).subList(1, args.length)));
        }
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        var http = HttpServer.create(address, 0);
        http.createContext("/init", exchange -> answer(exchange, true));
        http.createContext("/run", exchange -> answer(exchange, false));
        http.start();
    }

    private static void answer(HttpExchange exchange, boolean init) throws IOException {
        try (exchange) {
            var body = JsonParser.parseString(
                            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
                    .getAsJsonObject();
            if (init) {
                var value = body.getAsJsonObject("value");
                code = value.get("code").getAsString();
                environment = value.get("env");
                init(exchange);
            } else {
                run(exchange, body);
            }
        }
    }

    private static void init(HttpExchange exchange) throws IOException {
        switch (code) {
            case "init-fails" -> {
                System.err.println("cannot load it");
                end();
                send(exchange, 502, "{\"error\":\"no such class\"}");
            }
            case "init-dies" -> {
                System.err.println("dying");
                Runtime.getRuntime().halt(3);
            }
            case "init-hangs" -> hang();
            case "init-babbles" -> send(exchange, 500, "<html>");
            case "sick" -> send(exchange, 503, "{\"error\":\"sick\"}");
            default -> send(exchange, 200, "{\"ok\":true}");
        }
    }

    private static void run(HttpExchange exchange, JsonObject body) throws IOException {
        runs++;
        var value = body.get("value");
        switch (code) {
            case "hello" -> {
                System.out.println("hello stdout");
                System.err.println("hello stderr ❄");
                var greeting = new JsonObject();
                var name = value.getAsJsonObject().get("name");
                greeting.addProperty("greeting", "Hello, " + (name == null ? "stranger" : name.getAsString()) + "!");
                greeting.addProperty("runs", runs);
                greeting.addProperty("pid", ProcessHandle.current().pid());
                reply(exchange, 200, greeting);
            }
            case "echo" -> reply(exchange, 200, value);
            case "context" -> {
                body.add("env", environment);
                body.addProperty("api_host", System.getenv("__OW_API_HOST"));
                reply(exchange, 200, body);
            }
            case "refuses" -> reply(exchange, 200, Activation.error("not today"));
            case "throws" -> {
                System.err.println("java.lang.IllegalStateException");
                reply(exchange, 502, Activation.error("An error has occurred"));
            }
            case "text" -> reply(exchange, 200, new JsonPrimitive("text"));
            case "array" -> {
                var array = new JsonArray();
                array.add("a");
                reply(exchange, 200, array);
            }
            case "big" -> {
                var big = new JsonObject();
                big.addProperty("big", "x".repeat(2 * 1024 * 1024));
                reply(exchange, 200, big);
            }
            case "chatty" -> {
                for (int i = 0; i < 2000; i++) {
                    System.out.println("x".repeat(1023));
                }
                reply(exchange, 200, new JsonObject());
            }
            case "dies" -> Runtime.getRuntime().halt(9);
            case "hangs" -> hang();
            case "dies-later" -> {
                var pid = new JsonObject();
                pid.addProperty("pid", ProcessHandle.current().pid());
                reply(exchange, 200, pid);
                exchange.close();
                Runtime.getRuntime().halt(0);
            }
            case "waits" -> {
                System.out.println("waiting");
                try {
                    Thread.sleep(value.getAsJsonObject().get("millis").getAsLong());
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                reply(exchange, 200, new JsonObject());
            }
            default -> reply(exchange, 200, value);
        }
    }

    private static void hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void reply(HttpExchange exchange, int status, JsonElement result) throws IOException {
        end();
        send(exchange, status, result.toString());
    }

    private static void end() {
        System.out.println(SandboxLog.SENTINEL);
        System.err.println(SandboxLog.SENTINEL);
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
