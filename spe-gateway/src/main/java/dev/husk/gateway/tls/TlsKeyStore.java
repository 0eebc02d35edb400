package dev.husk.gateway.tls;

import dev.husk.gateway.Configuration;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the server's key store the same as the operator's PEM files, which it looks at every ten seconds; the server
 * takes a changed key store over by itself.
 */
@ApplicationScoped
public class TlsKeyStore {
    private static final System.Logger LOG = System.getLogger(TlsKeyStore.class.getName());
    private static final int LOOK_SECONDS = 10;

    /** The server wants one; what protects the file is its mode. */
    private static final char[] PASSWORD = "husk-tls".toCharArray();

    @Inject
    private Configuration configuration;

    private Optional<Certificate> shown = Optional.empty();
    private Optional<ScheduledExecutorService> looking = Optional.empty();

    /** Writes the key store and keeps it; does nothing where TLS is off. */
    public void keep() throws IOException {
        if (!configuration.tls()) {
            return;
        }
        refresh();
        var executor = Executors.newSingleThreadScheduledExecutor(work -> {
            var thread = new Thread(work, "husk-tls");
            thread.setDaemon(true);
            return thread;
        });
        executor.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        looking = Optional.of(executor);
    }

    private void look() {
        try {
            refresh();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the TLS certificate stays as it is: " + e.getMessage());
        }
    }

    private synchronized void refresh() throws IOException {
        var identity = PemIdentity.read(configuration.tlsCertificate().orElseThrow(), configuration.tlsKey());
        if (shown.equals(Optional.of(identity.certificate()))) {
            return;
        }
        byte[] store = identity.keyStore(PASSWORD);
        var target = Path.of(System.getProperty("server.output.dir"), "resources", "security", "husk-tls.p12");
        Files.createDirectories(target.resolveSibling(""));
        var fresh = target.resolveSibling("husk-tls.new");
        Files.deleteIfExists(fresh);
        try (var channel = Files.newByteChannel(
                fresh,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(ByteBuffer.wrap(store));
        } finally {
            Arrays.fill(store, (byte) 0);
        }
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        shown = Optional.of(identity.certificate());
        LOG.log(System.Logger.Level.INFO, "the TLS certificate was read");
    }

    @PreDestroy
    void stop() {
        looking.ifPresent(ScheduledExecutorService::shutdownNow);
    }
}
