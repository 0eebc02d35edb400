package dev.husk.local;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;

/**
 * The folder that holds all that the local platform keeps, readable by its owner alone and used by one platform at a
 * time: {@code lock} is locked while it runs, {@code pid} names its process.
 */
final class StateFolder implements Closeable {
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");

    private static final String LOCK = "lock";
    private static final Duration LEFTOVERS = Duration.ofSeconds(20);
    private static final long PAUSE_MILLIS = 100;

    // POSIX drops a process's lock when the process closes any descriptor of the file, so a second opener in this JVM
    // must be turned away before it opens anything.
    private static final Set<Path> OPEN = new HashSet<>();

    private final Path path;
    private final FileChannel lock;

    private StateFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes the folder where there is none, and locks it. */
    static StateFolder open(Path folder) throws IOException, StartFailedException {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
        var path = folder.toRealPath();
        synchronized (OPEN) {
            if (!OPEN.add(path)) {
                throw inUse(path, Long.toString(ProcessHandle.current().pid()));
            }
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            Files.setPosixFilePermissions(path, OWNER_FOLDER);
            channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw inUse(path, pid(path));
            }
            locked = true;
            Files.writeString(
                    path.resolve("pid"), Long.toString(ProcessHandle.current().pid()));
            return new StateFolder(path, channel);
        } finally {
            if (!locked) {
                if (channel != null) {
                    channel.close();
                }
                forget(path);
            }
        }
    }

    /**
     * Deletes what a folder holds, but for its lock.
     *
     * @throws StartFailedException if a platform uses it
     */
    static void erase(Path folder) throws IOException, StartFailedException, InterruptedException {
        if (Files.notExists(folder)) {
            return;
        }
        try (var state = open(folder)) {
            long end = System.nanoTime() + LEFTOVERS.toNanos();
            while (true) {
                try {
                    state.deleteAllButTheLock();
                    return;
                } catch (DirectoryNotEmptyException e) {
                    // A platform that was killed leaves processes that take a few seconds to end, and may write.
                    if (System.nanoTime() - end > 0) {
                        throw e;
                    }
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        }
    }

    private void deleteAllButTheLock() throws IOException {
        try (var files = Files.walk(path)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(path) && !file.equals(path.resolve(LOCK))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (UncheckedIOException e) {
            throw new DirectoryNotEmptyException(path + " (" + e.getMessage() + ")");
        }
    }

    Path path() {
        return path;
    }

    /** A folder in this one, made where there is none. */
    Path folder(String name) throws IOException {
        var folder = path.resolve(name);
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
        return folder;
    }

    /** 192 random bits as text of letters, digits, {@code -} and {@code _}: made on first use, the same ever after. */
    String secret(String name) throws IOException {
        var file = path.resolve(name);
        if (Files.notExists(file)) {
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            write(file, Base64.getUrlEncoder().encodeToString(random));
        }
        return Files.readString(file).strip();
    }

    /** Writes a file that only its owner reads, whole or not at all. */
    static void write(Path file, String content) throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try {
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OWNER_FILE));
        } catch (FileAlreadyExistsException e) {
            throw new IOException("somebody else writes " + fresh, e);
        }
        Files.writeString(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            Files.deleteIfExists(path.resolve("pid"));
        } finally {
            forget(path);
        }
    }

    private static void forget(Path path) {
        synchronized (OPEN) {
            OPEN.remove(path);
        }
    }

    private static String pid(Path path) throws IOException {
        try {
            var pid = Files.readString(path.resolve("pid")).strip();
            return pid.isEmpty() ? "unknown" : pid;
        } catch (NoSuchFileException e) {
            return "unknown";
        }
    }

    private static StartFailedException inUse(Path path, String pid) {
        return new StartFailedException(
                "the local platform already runs on %s, as process %s: stop that one first, or set HUSK_HOME to another folder"
                        .formatted(path, pid));
    }
}
