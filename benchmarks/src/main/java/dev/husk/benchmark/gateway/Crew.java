package dev.husk.benchmark.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Threads that run cycles side by side, each with a connection that stays open from call to call. */
final class Crew implements AutoCloseable {
    private final List<Guest> guests;
    private final ExecutorService threads;

    Crew(UnderLoad gateway, int size) {
        this.guests = Stream.generate(gateway::guest).limit(size).toList();
        this.threads = Executors.newFixedThreadPool(size, task -> {
            var thread = new Thread(task, "load");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** What came of some cycles. */
    record Done(List<Guest.Waited> cycles, double seconds) {}

    /** Cycles for this long, at least one in each thread. */
    Done during(Duration time) throws LoadFailedException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        return run(guest -> {
            var waited = new ArrayList<Guest.Waited>();
            do {
                waited.add(guest.cycle());
            } while (System.nanoTime() - end < 0);
            return waited;
        });
    }

    /** So many cycles in all. */
    Done times(long cycles) throws LoadFailedException, InterruptedException {
        var left = new AtomicLong(cycles);
        return run(guest -> {
            var waited = new ArrayList<Guest.Waited>();
            while (left.getAndDecrement() > 0) {
                waited.add(guest.cycle());
            }
            return waited;
        });
    }

    /** What one thread does. */
    private interface Work {
        List<Guest.Waited> by(Guest guest) throws LoadFailedException;
    }

    private Done run(Work work) throws LoadFailedException, InterruptedException {
        long start = System.nanoTime();
        var running = new ArrayList<Future<List<Guest.Waited>>>();
        for (var guest : guests) {
            Callable<List<Guest.Waited>> task = () -> work.by(guest);
            running.add(threads.submit(task));
        }
        var all = new ArrayList<Guest.Waited>();
        for (var one : running) {
            all.addAll(result(one));
        }
        return new Done(List.copyOf(all), (System.nanoTime() - start) / 1e9);
    }

    static <T> T result(Future<T> future) throws LoadFailedException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LoadFailedException failed) {
                throw failed;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
