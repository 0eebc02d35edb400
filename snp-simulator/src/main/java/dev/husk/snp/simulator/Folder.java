package dev.husk.snp.simulator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The folder in which a simulated processor lives: {@code ark.der}, {@code ask.der}, {@code vcek.der},
 * {@code ark.crl} and {@code vcek.key} (PKCS #8). Files are readable by their owner alone.
 *
 * <p>The key is moved into place last, so its presence says that the others are complete. One process at a time looks
 * or creates, guarded by a lock on {@code lock}; afterwards nothing is ever written.
 */
final class Folder {

    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final String KEY = "vcek.key";

    // A file lock holds against other processes only; a second thread of this JVM would get an exception instead.
    private static final Object THIS_JVM = new Object();

    private final Path path;

    Folder(Path path) {
        this.path = path;
    }

    CertificateFactory.Issued loadOrCreate(Supplier<CertificateFactory.Issued> creation) throws IOException {
        synchronized (THIS_JVM) {
            if (Files.notExists(path)) {
                Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
            }
            try (var channel = FileChannel.open(
                            path.resolve("lock"),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(OWNER));
                    var lock = channel.lock()) {
                if (!lock.isValid()) {
                    throw new IOException("simulator folder " + path + ": cannot be locked");
                }
                if (Files.notExists(path.resolve(KEY))) {
                    store(creation.get());
                }
                return load();
            }
        }
    }

    private void store(CertificateFactory.Issued issued) throws IOException {
        write("ark.der", issued.ark());
        write("ask.der", issued.ask());
        write("vcek.der", issued.vcek());
        write("ark.crl", issued.crl());
        byte[] key = issued.vcekKey().getEncoded();
        write(KEY, key);
        Arrays.fill(key, (byte) 0);
    }

    private CertificateFactory.Issued load() throws IOException {
        var keyFile = path.resolve(KEY);
        var permissions = Files.getPosixFilePermissions(keyFile);
        if (!OWNER.containsAll(permissions)) {
            throw new IOException("simulator folder " + path + ": " + KEY + " is open to others ("
                    + PosixFilePermissions.toString(permissions) + "); run chmod 600");
        }
        return new CertificateFactory.Issued(
                read("ark.der"), read("ask.der"), read("vcek.der"), read("ark.crl"), privateKey(keyFile));
    }

    private PrivateKey privateKey(Path file) throws IOException {
        byte[] encoded = Files.readAllBytes(file);
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new IOException("simulator folder " + path + ": " + KEY + " is no EC key; delete the folder", e);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private byte[] read(String name) throws IOException {
        return Files.readAllBytes(path.resolve(name));
    }

    private void write(String name, byte[] content) throws IOException {
        var fresh = path.resolve(name + ".new");
        Files.deleteIfExists(fresh);
        try (var channel = FileChannel.open(
                fresh,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNER))) {
            var buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(fresh, path.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
