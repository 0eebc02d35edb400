package dev.husk.benchmark.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Connections of strangers, a quarter of each kind, held at a number until closed or until a time is over. One thread.
 * It goes to the loopback interface alone, from as many loopback addresses as is said, and stops by itself.
 */
final class Flood implements AutoCloseable {
    private static final long TICK_MILLIS = 25;

    /** However large the numbers given, no flood is larger or longer. */
    private static final int MOST_CONNECTIONS = 10_000;

    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** How a stranger behaves. */
    enum Kind {
        /** Sends one byte of a request at a time. */
        SLOW,
        /** Connects and says nothing, or promises a body that never comes. */
        HALF_OPEN,
        /** Begins one handshake after the other. */
        HANDSHAKES,
        /** Posts bytes that are nothing to where evidence goes. */
        GARBAGE
    }

    /**
     * @param connections how many at a time
     * @param sources from how many addresses: 127.0.0.2 and up
     * @param pause between the requests of one connection, and between the bytes of a slow one
     * @param longest it ends by itself then
     */
    record Size(int connections, int sources, Duration pause, Duration longest) {
        Size {
            if (connections < 1 || connections > MOST_CONNECTIONS || sources < 1 || sources > 250) {
                throw new IllegalArgumentException("1 to 10,000 connections from 1 to 250 addresses");
            }
            if (pause.toMillis() < 1 || longest.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("a pause of 1 ms or more, and 10 minutes at the longest");
            }
        }
    }

    /** What happened; all counts only grow. */
    record Counts(Map<Kind, Integer> opened, Map<Kind, Integer> requests, Map<Integer, Integer> statuses, int closed) {
        int all(Map<Kind, Integer> counts) {
            return counts.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    private final Selector selector;
    private final List<Stranger> strangers = new ArrayList<>();
    private final Map<Kind, Integer> opened = Collections.synchronizedMap(new EnumMap<>(Kind.class));
    private final Map<Kind, Integer> requests = Collections.synchronizedMap(new EnumMap<>(Kind.class));
    private final Map<Integer, Integer> statuses = Collections.synchronizedMap(new TreeMap<>());
    private final Thread thread;
    private final long end;
    private volatile boolean stopped;
    private volatile int closed;
    private volatile int connected;

    private Flood(URI gateway, Size size) throws IOException {
        var target = new InetSocketAddress(gateway.getHost(), gateway.getPort());
        if (!target.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("a flood goes to this machine alone");
        }
        this.selector = Selector.open();
        this.end = System.nanoTime() + size.longest().toNanos();
        for (int i = 0; i < size.connections(); i++) {
            var source = new InetSocketAddress("127.0.0." + (2 + i % size.sources()), 0);
            var kind = Kind.values()[i % Kind.values().length];
            strangers.add(new Stranger(kind, i, source, target, size.pause().toNanos()));
        }
        this.thread = new Thread(this::flood, "load-flood");
        thread.setDaemon(true);
    }

    static Flood start(URI gateway, Size size) throws IOException {
        var flood = new Flood(gateway, size);
        flood.thread.start();
        return flood;
    }

    /** How many connections stand at this moment. */
    int connected() {
        return connected;
    }

    Counts counts() {
        synchronized (statuses) {
            return new Counts(Map.copyOf(opened), Map.copyOf(requests), new TreeMap<>(statuses), closed);
        }
    }

    private void flood() {
        try {
            while (!stopped && System.nanoTime() - end < 0) {
                long now = System.nanoTime();
                int standing = 0;
                for (var stranger : strangers) {
                    act(stranger, now);
                    standing += stranger.isConnected() ? 1 : 0;
                }
                connected = standing;
                selector.select(TICK_MILLIS);
                for (var key : selector.selectedKeys()) {
                    hear((Stranger) key.attachment(), key);
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the flood broke off", e);
        } finally {
            strangers.forEach(Stranger::close);
            connected = 0;
        }
    }

    private void act(Stranger stranger, long now) {
        try {
            if (stranger.isClosed()) {
                if (stranger.open(selector, now)) {
                    opened.merge(stranger.kind(), 1, Integer::sum);
                }
            } else if (stranger.speak(now)) {
                requests.merge(stranger.kind(), 1, Integer::sum);
            }
        } catch (IOException e) {
            end(stranger);
        }
    }

    private void hear(Stranger stranger, SelectionKey key) {
        try {
            stranger.hear(key, status -> statuses.merge(status, 1, Integer::sum));
        } catch (IOException e) {
            end(stranger);
        }
    }

    /** The server had enough of it; it comes back. */
    private void end(Stranger stranger) {
        stranger.close();
        closed++;
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        selector.wakeup();
        try {
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        selector.close();
    }
}
