package dev.husk.local.whisk;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One POST to a runtime, on a connection of its own, as OpenWhisk's invoker does it. The whole call, writing included,
 * ends by its deadline.
 */
final class RuntimeCall {
    private static final int CONNECT_MILLIS = 1000;
    private static final int LONGEST_HEAD = 64 * 1024;

    private final ScheduledExecutorService timer;

    RuntimeCall(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /**
     * @param body at most the allowed bytes of it
     * @param length what the runtime said it would send
     */
    record Reply(int status, byte[] body, long length) {
        boolean complete() {
            return body.length == length;
        }
    }

    /** The runtime did not answer in time. */
    static final class TimedOut extends IOException {}

    /** There is no listener; nothing was sent. */
    static final class NoListener extends IOException {}

    Reply post(int port, String path, byte[] body, Duration time, int longest) throws IOException {
        var timedOut = new AtomicBoolean();
        try (var socket = new Socket()) {
            socket.setTcpNoDelay(true);
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            } catch (IOException e) {
                throw new NoListener();
            }
            var watch = timer.schedule(
                    () -> {
                        timedOut.set(true);
                        closeQuietly(socket);
                    },
                    time.toNanos(),
                    TimeUnit.NANOSECONDS);
            try {
                var head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nContent-Type: application/json\r\nAccept: application/json\r\nConnection: close\r\n"
                        + "Content-Length: " + body.length + "\r\n\r\n";
                var message = new ByteArrayOutputStream(head.length() + body.length);
                message.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
                message.writeBytes(body);
                message.writeTo(socket.getOutputStream());
                return read(new BufferedInputStream(socket.getInputStream()), longest);
            } finally {
                watch.cancel(false);
            }
        } catch (IOException e) {
            if (timedOut.get()) {
                throw new TimedOut();
            }
            throw e;
        }
    }

    private static Reply read(InputStream in, int longest) throws IOException {
        var counted = new int[1];
        while (true) {
            var start = line(in, counted);
            if (!start.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
                throw new IOException("not an HTTP answer");
            }
            int status = Integer.parseInt(start.substring(9, 12));
            long length = -1;
            for (var line = line(in, counted); !line.isEmpty(); line = line(in, counted)) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.substring(0, colon).trim().equalsIgnoreCase("content-length")) {
                    var value = line.substring(colon + 1).trim();
                    if (!value.matches("[0-9]{1,15}")) {
                        throw new IOException("bad Content-Length");
                    }
                    length = Long.parseLong(value);
                }
            }
            if (status >= 200) {
                if (length < 0) {
                    throw new IOException("no Content-Length");
                }
                int wanted = (int) Math.min(length, longest);
                var body = in.readNBytes(wanted);
                if (body.length < wanted) {
                    throw new IOException("the answer is cut off");
                }
                return new Reply(status, body, length);
            }
        }
    }

    private static String line(InputStream in, int[] counted) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || ++counted[0] > LONGEST_HEAD) {
                throw new IOException("no HTTP answer");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closing is only to wake the caller, who gets the exception of its own read or write.
            return;
        }
    }
}
