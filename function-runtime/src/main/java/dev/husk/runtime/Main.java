package dev.husk.runtime;

import dev.husk.runtime.attest.Attestation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Executors;

/** Starts the runtime: {@value Settings#USAGE}. */
public final class Main {
    private static final int UNUSABLE = 2;

    private Main() {}

    public static void main(String... arguments) {
        // Seconds: below what servers wait, so that no request goes out on a connection they are closing.
        System.setProperty("jdk.httpclient.keepalive.timeout", "20");
        try {
            start(Settings.parse(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println("husk runtime: " + e.getMessage() + "\n" + Settings.USAGE);
            System.exit(UNUSABLE);
        } catch (IllegalStateException | IOException e) {
            System.err.println("husk runtime: " + e.getMessage());
            System.exit(UNUSABLE);
        }
    }

    private static void start(Settings settings) throws IOException {
        var environment = Environment.ofProcess();
        var log = ActivationLog.ofProcess();
        log.install();
        var folder = Files.createTempDirectory("husk"); // readable by this user alone
        folder.toFile().deleteOnExit();
        var daemon = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "husk-daemon");
            thread.setDaemon(true);
            return thread;
        });
        Optional<Attestation> attestation = settings.attested()
                .map(part -> new Attestation(part.gateway(), part.evidence(), part.logKey(), Clock.systemUTC()));
        var cell = attestation.map(part -> StemCell.begin(part, daemon));
        var engines = System.getProperty(Preload.PROPERTY, "");
        if (!engines.isEmpty()) {
            var thread = new Thread(() -> Preload.run(engines, log), "husk-preload");
            thread.setDaemon(true);
            thread.start();
        }
        var runtime = new ActionRuntime(attestation, log, environment, folder, daemon);
        var server = new RuntimeServer(new InetSocketAddress(settings.host(), settings.port()), runtime, log);
        ExitGuard.install(server, runtime);
        server.start();
        cell.ifPresent(part -> part.rehearse(folder, new InetSocketAddress(settings.host(), server.port())));
    }
}
