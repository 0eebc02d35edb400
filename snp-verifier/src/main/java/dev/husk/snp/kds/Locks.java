package dev.husk.snp.kds;

import dev.husk.snp.kds.CollateralException.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One at a time over all threads and processes that share a cache directory. The number of lock files is fixed, so that
 * who chooses what is asked for cannot fill the directory; two things may therefore wait for each other. The operating
 * system frees the locks of a process that dies.
 */
final class Locks {
    private static final int FILES = 64;
    private static final Duration STEP = Duration.ofMillis(50);
    /** Two minutes; whoever holds a lock is bound by the timeout of the transport, and its patience. */
    private static final int STEPS = 2400;

    /** A process must not open a lock file twice: closing one channel gives back the locks of the other. */
    private static final Map<Path, ReentrantLock> WITHIN = new ConcurrentHashMap<>();

    private final Path folder;
    private final Sleeper sleeper;

    Locks(Path folder, Sleeper sleeper) {
        this.folder = folder;
        this.sleeper = sleeper;
    }

    /** What is done under a lock. */
    interface Work<T> {
        T run() throws CollateralException;
    }

    <T> T holding(Collateral wanted, Work<T> work) throws CollateralException {
        try {
            Files.createDirectories(folder);
            var file = folder.toRealPath().resolve("lock-" + Math.floorMod(wanted.hashCode(), FILES));
            var within = WITHIN.computeIfAbsent(file, path -> new ReentrantLock());
            within.lockInterruptibly();
            try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = lock(channel)) {
                if (lock == null) {
                    throw new CollateralException(
                            Problem.UNREACHABLE, "another process does not finish fetching " + wanted);
                }
                return work.run();
            } finally {
                within.unlock();
            }
        } catch (IOException e) {
            throw Cache.failure(folder, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CollateralException(Problem.UNREACHABLE, "interrupted while waiting for " + wanted);
        }
    }

    private @Nullable FileLock lock(FileChannel channel) throws IOException, InterruptedException {
        for (int step = 0; step < STEPS; step++) {
            try {
                var lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException e) {
                // Held in this process by another copy of this class, as in a server that loads it twice.
            }
            sleeper.sleep(STEP);
        }
        return null;
    }
}
