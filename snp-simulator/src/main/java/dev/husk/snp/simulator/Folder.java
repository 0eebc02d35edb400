package dev.husk.snp.simulator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The folder in which a simulated processor lives: {@code ark.der}, {@code ask.der}, {@code vcek.der} and
 * {@code vcek.key} (PKCS #8), readable by their owner alone.
 *
 * <p>The key is moved into place last, so its presence says that the others are complete. One process at a time looks
 * or creates, guarded by a lock on {@code lock}; afterwards nothing is ever written.
 */
final class Folder {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final List<String> CERTIFICATES = List.of("vcek.der", "ask.der", "ark.der");
    private static final String KEY = "vcek.key";

    // A file lock holds against other processes only; a second thread of this JVM would get an exception instead.
    private static final Object THIS_JVM = new Object();

    private final Path path;

    Folder(Path path) {
        this.path = path;
    }

    Hardware loadOrCreate() throws IOException {
        synchronized (THIS_JVM) {
            Files.createDirectories(path, OWNER_FOLDER);
            try (var channel = FileChannel.open(
                            path.resolve("lock"), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER);
                    var lock = channel.lock()) {
                if (!lock.isValid()) {
                    throw new IOException("cannot lock " + path);
                }
                if (!Files.exists(path.resolve(KEY))) {
                    store(new CertificateFactory(Instant.now()).issue());
                }
                return load();
            }
        }
    }

    private void store(Hardware hardware) throws IOException {
        for (int i = 0; i < CERTIFICATES.size(); i++) {
            write(CERTIFICATES.get(i), hardware.certificates().get(i));
        }
        byte[] key = hardware.vcek().getEncoded();
        write(KEY, key);
        Arrays.fill(key, (byte) 0);
    }

    private Hardware load() throws IOException {
        byte[] key = Files.readAllBytes(path.resolve(KEY));
        try {
            var vcek = Files.readAllBytes(path.resolve(CERTIFICATES.get(0)));
            return new Hardware(
                    KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
                    List.of(
                            vcek,
                            Files.readAllBytes(path.resolve(CERTIFICATES.get(1))),
                            Files.readAllBytes(path.resolve(CERTIFICATES.get(2)))),
                    chipId(vcek));
        } catch (GeneralSecurityException e) {
            throw new IOException("the simulated processor in " + path + " is unusable: delete the folder", e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] chipId(byte[] vcek) throws CertificateException {
        var certificate = (X509Certificate) java.security.cert.CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(vcek));
        byte[] id = certificate.getExtensionValue(CertificateFactory.HARDWARE_ID);
        if (id == null || id.length != 66) {
            throw new CertificateException("no chip id");
        }
        return Arrays.copyOfRange(id, 2, 66);
    }

    private void write(String name, byte[] content) throws IOException {
        var next = Files.createTempFile(path, name, ".new", OWNER);
        Files.write(next, content);
        Files.move(next, path.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
