package dev.husk.runtime;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One call of an action on a thread of its own, so that whatever it leaves behind on its thread (an interrupt, a
 * thread local, a class loader) is gone with it.
 */
final class ActionThread {
    private static final long TICK_MILLIS = 250;
    private static final int PATIENCE = 12;

    private final Thread thread;
    private volatile Optional<Outcome> outcome = Optional.empty();

    /** A call of an action. It throws whatever the action throws. */
    @FunctionalInterface
    interface Call {
        Object call() throws ReflectiveOperationException;
    }

    /** How a call ended. */
    sealed interface Outcome {}

    /** What the action returned: anything, or nothing. */
    record Returned(Optional<Object> value) implements Outcome {}

    record Threw(Throwable thrown) implements Outcome {}

    private ActionThread(Call call, ClassLoader loader) {
        thread = new Thread(() -> outcome = Optional.of(outcome(call)), "action");
        thread.setContextClassLoader(loader);
        thread.setDaemon(true);
    }

    static ActionThread start(Call call, ClassLoader loader) {
        var action = new ActionThread(call, loader);
        action.thread.start();
        return action;
    }

    private static Outcome outcome(Call call) {
        try {
            return new Returned(Optional.ofNullable(call.call()));
        } catch (Throwable thrown) { // the boundary to code that is not ours: Errors are outcomes too
            return new Threw(thrown);
        }
    }

    /** Waits until the call has ended. */
    Outcome await() {
        return await(() -> false);
    }

    /** The same, but gives an action that {@code abandoned} concerns only a few seconds from then on. */
    Outcome await(BooleanSupplier abandoned) {
        boolean interrupted = false;
        int patience = PATIENCE;
        while (outcome.isEmpty() && thread.isAlive() && patience > 0) {
            try {
                thread.join(TICK_MILLIS);
                patience -= abandoned.getAsBoolean() ? 1 : 0;
            } catch (InterruptedException e) {
                interrupted = true; // the platform's call is still to be answered
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome.orElseGet(() -> new Threw(new IllegalStateException("the action did not end")));
    }

    boolean running() {
        return outcome.isEmpty() && thread.isAlive();
    }

    void interrupt() {
        thread.interrupt();
    }
}
