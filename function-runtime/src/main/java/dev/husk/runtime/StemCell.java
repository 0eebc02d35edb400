package dev.husk.runtime;

import dev.husk.runtime.attest.Attestation;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * What a sandbox does between its start and its action: asks for a nonce at once, makes keys, and, unless the action
 * comes first, rehearses. Then it keeps nonce and connection fresh, at random times, so that many sandboxes that started
 * together do not ask together.
 */
final class StemCell {
    /** A cold start's action comes before this, and needs the processor. */
    private static final Duration BEFORE_REHEARSAL = Duration.ofMillis(500);

    /** Between two looks at connection and nonce; the connection is closed after 20 seconds without use. */
    private static final int LOOK_SECONDS = 11;

    private static final int LOOK_SPREAD_SECONDS = 6;

    /** A nonce is asked for anew from this age; the gateway forgets it after five minutes. */
    private static final int NONCE_SECONDS = 150;

    private static final int NONCE_SPREAD_SECONDS = 60;

    private final Attestation attestation;
    private final ScheduledExecutorService daemon;

    private StemCell(Attestation attestation, ScheduledExecutorService daemon) {
        this.attestation = attestation;
        this.daemon = daemon;
    }

    /** Asks for a nonce and makes keys, on threads of their own. */
    static StemCell begin(Attestation attestation, ScheduledExecutorService daemon) {
        start("husk-prefetch", attestation::prefetch);
        start("husk-keys", attestation::generateKeys);
        var cell = new StemCell(attestation, daemon);
        cell.lookLater(ThreadLocalRandom.current().nextInt(NONCE_SPREAD_SECONDS));
        return cell;
    }

    /** @param server where the runtime listens by now */
    void rehearse(Path folder, InetSocketAddress server) {
        var address = server.getAddress().isAnyLocalAddress() ? "127.0.0.1" : server.getHostString();
        var rehearsal =
                new Rehearsal(attestation, folder, URI.create("http://" + address + ":" + server.getPort() + "/"));
        daemon.schedule(
                () -> start("husk-rehearsal", rehearsal::play), BEFORE_REHEARSAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void lookLater(int spread) {
        var oldest = Duration.ofSeconds(NONCE_SECONDS + spread);
        var pause = LOOK_SECONDS + ThreadLocalRandom.current().nextInt(LOOK_SPREAD_SECONDS);
        daemon.schedule(
                () -> {
                    if (attestation.keepFresh(oldest)) {
                        lookLater(spread);
                    }
                },
                pause,
                TimeUnit.SECONDS);
    }

    private static void start(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
