package dev.husk.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Where the parts listen on 127.0.0.1. As a wish, 0 means any free port.
 *
 * @param whisk the OpenWhisk API
 */
public record Ports(int gateway, int whisk, int s3, int postgres) {
    /** Any free port for each part. */
    public static final Ports ANY = new Ports(0, 0, 0, 0);

    public Ports {
        for (int port : new int[] {gateway, whisk, s3, postgres}) {
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("no port: " + port);
            }
        }
    }

    /**
     * These ports with each 0 replaced by a free one, all different.
     *
     * <p>Another process can take a port between this check and the part's start; the part then says so itself.
     *
     * @throws StartFailedException naming the port that is taken
     */
    Ports chosen() throws IOException, StartFailedException {
        try (var gatewaySocket = bind(gateway, "the gateway");
                var whiskSocket = bind(whisk, "the OpenWhisk API");
                var s3Socket = bind(s3, "the S3 store");
                var postgresSocket = bind(postgres, "PostgreSQL")) {
            return new Ports(
                    gatewaySocket.getLocalPort(),
                    whiskSocket.getLocalPort(),
                    s3Socket.getLocalPort(),
                    postgresSocket.getLocalPort());
        }
    }

    private static ServerSocket bind(int port, String part) throws IOException, StartFailedException {
        var socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new StartFailedException(
                    "port %d, wanted for %s, is taken: stop what listens there or give another port (`husk up --help` shows how)"
                            .formatted(port, part),
                    e);
        }
    }
}
