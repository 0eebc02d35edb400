package dev.husk.benchmark.coldstart;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.Optional;

/**
 * The baseline: the contract of OpenWhisk's stock Java runtime in as little code as it takes. The JDK's HTTP server on
 * its default executor, Gson's tree, the action's jar in a temporary file behind a {@link URLClassLoader}, a sentinel on
 * each stream after a run. No attestation, no check of anything. A program of its own: {@code StockProxy PORT}.
 */
public final class StockProxy {
    private static final String SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX";

    private Optional<Method> action = Optional.empty();

    private StockProxy() {}

    public static void main(String... arguments) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
        var server = HttpServer.create(address, -1);
        var proxy = new StockProxy();
        server.createContext("/init", exchange -> answer(exchange, proxy.init(body(exchange))));
        server.createContext("/run", exchange -> answer(exchange, proxy.run(body(exchange))));
        server.setExecutor(null);
        server.start();
    }

    private record Answer(int status, String text) {}

    private static JsonObject body(HttpExchange exchange) {
        return JsonParser.parseReader(new InputStreamReader(exchange.getRequestBody(), StandardCharsets.UTF_8))
                .getAsJsonObject();
    }

    private Answer init(JsonObject body) throws IOException {
        if (action.isPresent()) {
            return failed("Cannot initialize the action more than once.");
        }
        var value = body.getAsJsonObject("value");
        var jar = Files.createTempFile("stock", ".jar");
        jar.toFile().deleteOnExit();
        Files.write(jar, Base64.getDecoder().decode(value.get("code").getAsString()));
        try {
            action = Optional.of(method(jar.toUri().toURL(), value.get("main").getAsString()));
            return new Answer(200, "OK");
        } catch (ReflectiveOperationException e) {
            return failed("An error has occurred (see logs for details): " + e);
        }
    }

    @SuppressWarnings("resource") // the loader lives as long as the action, which is as long as the process
    private static Method method(URL jar, String main) throws ReflectiveOperationException, MalformedURLException {
        var loader = new URLClassLoader(new URL[] {jar}, StockProxy.class.getClassLoader());
        return loader.loadClass(main).getMethod("main", JsonObject.class);
    }

    private Answer run(JsonObject body) {
        try {
            var result = action.orElseThrow().invoke(null, body.getAsJsonObject("value"));
            return new Answer(200, String.valueOf((JsonElement) result));
        } catch (ReflectiveOperationException e) {
            return failed("An error has occurred while invoking the action (see logs for details): " + e);
        } finally {
            System.out.println(SENTINEL);
            System.err.println(SENTINEL);
            System.out.flush();
            System.err.flush();
        }
    }

    private static Answer failed(String error) {
        var body = new JsonObject();
        body.addProperty("error", error);
        return new Answer(502, body.toString());
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        byte[] bytes = answer.text().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }
}
