package dev.husk.local.whisk;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs invocations in the background, a bounded number at a time, and keeps their activations. */
final class Dispatcher implements AutoCloseable {
    /** How many invocations may be running or queued. */
    static final int MOST = 100;

    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

    private final Invoker invoker;
    private final Activations activations;
    private final Clock clock;
    private final AtomicInteger running = new AtomicInteger();
    private final ExecutorService workers = Executors.newCachedThreadPool(Daemons.named("invocation"));

    Dispatcher(Invoker invoker, Activations activations, Clock clock) {
        this.invoker = invoker;
        this.activations = activations;
        this.clock = clock;
    }

    /** An accepted invocation; {@code end} completes when its activation can be found. */
    record Running(String id, CompletableFuture<Activation> end) {}

    /** @param payload wins over the callee's parameters if it is an object, and replaces them if it is an array */
    Running start(Callee callee, JsonElement payload, String cause, String transaction) throws Refused {
        var parameters = payload;
        if (payload instanceof JsonObject object) {
            var merged = callee.parameters().values();
            object.entrySet().forEach(member -> merged.add(member.getKey(), member.getValue()));
            parameters = merged;
        }
        if (running.incrementAndGet() > MOST) {
            running.decrementAndGet();
            throw new Refused(429, "Too many concurrent requests in flight (allowed: " + MOST + ").");
        }
        var invocation = new Invocation(
                newId(),
                callee.action(),
                parameters,
                callee.parameters().environment(),
                callee.binding(),
                cause,
                transaction,
                clock.millis());
        var end = new CompletableFuture<Activation>();
        try {
            workers.execute(() -> run(invocation, end));
        } catch (RejectedExecutionException e) {
            running.decrementAndGet();
            throw new Refused(503, "The server is closing.");
        }
        return new Running(invocation.id(), end);
    }

    private void run(Invocation invocation, CompletableFuture<Activation> end) {
        try {
            var activation = invoker.run(invocation);
            activations.add(activation);
            running.decrementAndGet();
            end.complete(activation);
        } catch (InterruptedException e) {
            running.decrementAndGet();
            end.completeExceptionally(e);
        } catch (RuntimeException e) { // a bug, of which whoever waits must hear
            running.decrementAndGet();
            LOG.log(System.Logger.Level.ERROR, "activation " + invocation.id() + " failed", e);
            end.completeExceptionally(e);
        }
    }

    static String newId() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
