package dev.husk.local;

import dev.husk.local.process.ChildProcess;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Waits until a child serves, or says why it does not.
 *
 * @param part the name for messages
 * @param matters which lines of the log tell what went wrong
 * @param hopeless which line of the log says that the child runs on but will never serve
 */
record Readiness(String part, LogFile log, Predicate<String> matters, Predicate<String> hopeless, Duration limit) {
    private static final long PAUSE_MILLIS = 50;

    /** Asks {@code ready} again and again; stops the child if it is not ready within the limit. */
    void await(ChildProcess child, BooleanSupplier ready) throws StartFailedException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        boolean succeeded = false;
        try {
            while (!ready.getAsBoolean()) {
                if (System.nanoTime() - end > 0) {
                    throw new StartFailedException("%s is not ready after %d seconds:%n  %s"
                            .formatted(part, limit.toSeconds(), log.problem(matters)));
                }
                refuseIfEnded(child);
                if (log.holds(hopeless)) {
                    throw new StartFailedException("%s cannot start:%n  %s".formatted(part, log.problem(matters)));
                }
            }
            succeeded = true;
        } finally {
            if (!succeeded) {
                child.close();
            }
        }
    }

    private void refuseIfEnded(ChildProcess child) throws StartFailedException, InterruptedException {
        try {
            int code = child.onExit().get(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            throw new StartFailedException(
                    "%s ended while starting, with exit code %d:%n  %s".formatted(part, code, log.problem(matters)));
        } catch (TimeoutException e) {
            // Still running, which is what starting looks like.
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for a process cannot fail", e);
        }
    }
}
