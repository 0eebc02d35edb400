package dev.husk.benchmark.gateway;

import dev.husk.local.Installation;
import dev.husk.local.LoneGateway;
import dev.husk.local.Options;
import dev.husk.local.Ports;
import dev.husk.local.StartFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A gateway that keeps what it writes in a folder of its own, which goes with it, also when this JVM is told to end. */
public final class TemporaryGateway implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TemporaryGateway.class.getName());

    private final Path state;
    private final LoneGateway parts;
    private final Thread hook;
    private boolean closed;

    private TemporaryGateway(Path state, LoneGateway parts) {
        this.state = state;
        this.parts = parts;
        this.hook = new Thread(this::stop, "load-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** @param settings environment of the gateway */
    public static TemporaryGateway start(Map<String, String> settings)
            throws IOException, StartFailedException, InterruptedException {
        var state = Files.createTempDirectory("husk-load");
        LoneGateway parts = null;
        try {
            parts = LoneGateway.start(
                    new Options(state, Options.userCache(), Installation.find(), Ports.ANY), settings);
            return new TemporaryGateway(state, parts);
        } finally {
            if (parts == null) {
                erase(state);
            }
        }
    }

    public LoneGateway parts() {
        return parts;
    }

    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook finds nothing left to do.
            return;
        }
    }

    private synchronized void stop() {
        if (closed) {
            return;
        }
        closed = true;
        parts.close();
        try {
            erase(state);
        } catch (IOException | StartFailedException e) {
            LOG.log(System.Logger.Level.WARNING, "the load leaves " + state + " behind", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void erase(Path state) throws IOException, StartFailedException, InterruptedException {
        LoneGateway.erase(state);
        Files.deleteIfExists(state.resolve("lock"));
        Files.deleteIfExists(state);
    }
}
