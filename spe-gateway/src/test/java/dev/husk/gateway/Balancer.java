package dev.husk.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP balancer: each connection goes to the next of the ports that takes it. */
final class Balancer implements AutoCloseable {
    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "balancer");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicInteger next = new AtomicInteger();

    private Balancer(ServerSocket socket) {
        this.socket = socket;
    }

    static Balancer over(List<Integer> ports) throws IOException {
        var balancer = new Balancer(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()));
        balancer.threads.execute(() -> balancer.accept(ports));
        return balancer;
    }

    String base() {
        return "http://127.0.0.1:" + socket.getLocalPort() + "/";
    }

    private void accept(List<Integer> ports) {
        try {
            while (true) {
                var client = socket.accept();
                threads.execute(() -> connect(client, ports));
            }
        } catch (IOException e) {
            threads.shutdown(); // closed
        }
    }

    private void connect(Socket client, List<Integer> ports) {
        for (int tries = 0; tries < ports.size(); tries++) {
            int port = ports.get(Math.floorMod(next.getAndIncrement(), ports.size()));
            var server = new Socket();
            try {
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2000);
            } catch (IOException e) {
                continue;
            }
            threads.execute(() -> pump(client, server));
            pump(server, client);
            return;
        }
        pump(client, client);
    }

    /** Until either side ends; then both do. */
    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // One side is gone; closing tells the other.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
