package dev.husk.benchmark.gateway;

import dev.husk.benchmark.gateway.Flood.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;

/** One connection of a flood: opened anew whenever the server ends it. For one thread. */
final class Stranger {
    private static final int GARBAGE = 4096;
    private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.1 (\\d{3})");

    private final Kind kind;
    private final int number;
    private final InetSocketAddress source;
    private final InetSocketAddress target;
    private final long pauseNanos;
    private final ByteBuffer incoming = ByteBuffer.allocate(16 << 10);
    private Optional<SocketChannel> channel = Optional.empty();
    private ByteBuffer outgoing = ByteBuffer.allocate(0);
    private boolean answered = true;
    private long next;

    Stranger(Kind kind, int number, InetSocketAddress source, InetSocketAddress target, long pauseNanos) {
        this.kind = kind;
        this.number = number;
        this.source = source;
        this.target = target;
        this.pauseNanos = pauseNanos;
        // They begin spread over a pause, not all at once.
        this.next = System.nanoTime() + new Random(number).nextLong(pauseNanos);
    }

    Kind kind() {
        return kind;
    }

    boolean isClosed() {
        return channel.isEmpty();
    }

    boolean isConnected() {
        return channel.filter(SocketChannel::isConnected).isPresent();
    }

    /** Connects once its pause is over; whether it did. */
    boolean open(Selector selector, long now) throws IOException {
        if (now - next < 0) {
            return false;
        }
        next = now + pauseNanos;
        var fresh = SocketChannel.open();
        channel = Optional.of(fresh);
        fresh.configureBlocking(false);
        fresh.bind(source);
        fresh.register(selector, fresh.connect(target) ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
        outgoing = ByteBuffer.wrap(request());
        answered = true;
        return true;
    }

    /** Says what is its turn to say; whether a request was thereby begun. */
    boolean speak(long now) throws IOException {
        if (!isConnected() || now - next < 0) {
            return false;
        }
        boolean begins = outgoing.position() == 0;
        next = now + pauseNanos;
        switch (kind) {
            case SLOW -> {
                if (outgoing.hasRemaining()) {
                    write(ByteBuffer.wrap(new byte[] {outgoing.get()}));
                    return begins;
                }
                return false;
            }
            case HALF_OPEN -> {
                write(outgoing);
                return begins && outgoing.limit() > 0;
            }
            default -> {
                if (!outgoing.hasRemaining() && answered) {
                    outgoing.rewind();
                    begins = true;
                }
                answered &= !begins;
                write(outgoing);
                return begins;
            }
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        channel.orElseThrow().write(bytes);
    }

    /** Takes in what came, and tells the status of an answer that begins with it. */
    void hear(SelectionKey key, IntConsumer status) throws IOException {
        var open = channel.orElseThrow();
        if (!open.isConnected()) {
            open.finishConnect();
            key.interestOps(SelectionKey.OP_READ);
            return;
        }
        incoming.clear();
        if (open.read(incoming) < 0) {
            throw new EOFException();
        }
        var text = new String(incoming.array(), 0, Math.min(incoming.position(), 16), StandardCharsets.US_ASCII);
        var found = STATUS.matcher(text);
        if (found.find()) {
            answered = true;
            status.accept(Integer.parseInt(found.group(1)));
        }
    }

    void close() {
        try {
            if (channel.isPresent()) {
                channel.get().close();
            }
        } catch (IOException e) {
            // It is gone either way.
            return;
        } finally {
            channel = Optional.empty();
        }
    }

    private byte[] request() {
        return switch (kind) {
            case SLOW, HANDSHAKES -> post("auth", "{\"version\":\"0.4.0\",\"tee\":\"snp\",\"extra-params\":{}}", 0);
            case HALF_OPEN -> number % 8 < 4 ? new byte[0] : post("attest", "{\"runtime-data\":", 1000);
            case GARBAGE -> post("attest", garbage(), 0);
        };
    }

    private String garbage() {
        byte[] bytes = new byte[GARBAGE];
        new Random(number).nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** @param missing bytes of the body that are promised and never sent */
    private static byte[] post(String call, String body, int missing) {
        return ("POST /kbs/v0/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                        + "Cookie: kbs-session-id=%s\r\nContent-Length: %d\r\n\r\n%s")
                .formatted(call, "0".repeat(32), body.length() + missing, body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
