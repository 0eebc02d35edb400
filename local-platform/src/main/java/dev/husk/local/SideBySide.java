package dev.husk.local;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Starts parts at the same time. Closing interrupts what still starts and waits for it, so that nothing is left behind. */
final class SideBySide implements AutoCloseable {
    private final List<Thread> threads = new ArrayList<>();

    <T> FutureTask<T> run(Steps.Start<T> start) {
        var task = new FutureTask<>(start::start);
        var thread = new Thread(task, "husk-start");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return task;
    }

    /** What the start gave, or the exception with which it failed. */
    static <T> T result(FutureTask<T> task) throws IOException, StartFailedException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            var cause = e.getCause();
            if (cause instanceof IOException failed) {
                throw failed;
            }
            if (cause instanceof StartFailedException failed) {
                throw failed;
            }
            if (cause instanceof InterruptedException stopped) {
                throw stopped;
            }
            throw new IllegalStateException(cause);
        }
    }

    @Override
    public void close() {
        boolean interrupted = false;
        threads.forEach(Thread::interrupt);
        for (var thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    // What starts holds processes; the flag is restored when they are accounted for.
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
