package dev.husk.benchmark.coldstart;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSyntaxException;
import dev.husk.benchmark.gateway.LoadFailedException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * OpenWhisk's side of one runtime: a connection that stays open, each request in one write. So little code that what it
 * takes itself does not count. For one thread.
 */
final class Invoker implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    /** @throws IOException if nobody listens (yet) */
    Invoker(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    void init(JsonObject value) throws IOException, LoadFailedException {
        post("/init", value);
    }

    /** The result of a run. */
    JsonObject run(JsonObject value) throws IOException, LoadFailedException {
        var text = post("/run", value);
        try {
            return JsonParser.parseString(text).getAsJsonObject();
        } catch (JsonSyntaxException | IllegalStateException e) {
            throw new LoadFailedException("a run answered no JSON object", e);
        }
    }

    private String post(String path, JsonObject value) throws IOException, LoadFailedException {
        var body = new JsonObject();
        for (var name : new String[] {"action_name", "namespace", "deadline", "transaction_id"}) {
            body.add(name, new JsonPrimitive("1")); // what the platform sends along with each run
        }
        body.add("activation_id", new JsonPrimitive("0123456789abcdef0123456789abcdef"));
        body.add("value", value);
        return exchange(path, body);
    }

    private String exchange(String path, JsonElement body) throws IOException, LoadFailedException {
        byte[] payload = body.toString().getBytes(StandardCharsets.UTF_8);
        var head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                + payload.length + "\r\n\r\n";
        var request = new ByteArrayOutputStream();
        request.write(head.getBytes(StandardCharsets.US_ASCII));
        request.write(payload);
        socket.getOutputStream().write(request.toByteArray());

        var status = line();
        int length = 0;
        for (var header = line(); !header.isEmpty(); header = line()) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).strip());
            }
        }
        var text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new LoadFailedException(path + " answered " + status + ": " + text);
        }
        return text;
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the runtime closed the connection");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
