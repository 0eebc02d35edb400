package dev.husk.cli.witness;

import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.WitnessKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/** Where a witness lives: {@code witness.key} (PKCS #8 in PEM, for its owner alone), {@code state.json}, a lock. */
public final class WitnessFolder {
    private static final String KEY = "witness.key";
    private static final String STATE = "state.json";
    private static final String LOCK = "lock";
    private static final String HEADER = "-----BEGIN PRIVATE KEY-----";
    private static final String FOOTER = "-----END PRIVATE KEY-----";
    private static final Set<PosixFilePermission> OF_OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private final Path folder;

    public WitnessFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes a witness that has cosigned nothing.
     *
     * @throws UnusableWitnessException if there is one already
     * @throws IllegalArgumentException if it is no name for a key
     */
    public WitnessKey create(String name) throws UnusableWitnessException, IOException {
        try (var signer = PartySigner.generate()) {
            var key = WitnessKey.of(name, signer.key().raw());
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            for (var file : new String[] {KEY, STATE}) {
                if (Files.exists(folder.resolve(file))) {
                    throw new UnusableWitnessException("there is a witness in " + folder + " already");
                }
            }
            byte[] pkcs8 = signer.pkcs8();
            try {
                var pem = HEADER + "\n" + Base64.getEncoder().encodeToString(pkcs8) + "\n" + FOOTER + "\n";
                DurableFile.replace(folder.resolve(KEY), pem.getBytes(StandardCharsets.US_ASCII));
            } finally {
                Arrays.fill(pkcs8, (byte) 0);
            }
            WitnessState.create(folder.resolve(STATE), key);
            return key;
        }
    }

    /** What the witness in a folder is, and what it cosigned last. */
    public record Shown(WitnessKey key, Map<String, Checkpoint> logs) {}

    /** Reads the record, also while a server uses the folder. */
    public Shown show() throws UnusableWitnessException, IOException {
        var state = WitnessState.open(folder.resolve(STATE));
        return new Shown(state.key(), state.all());
    }

    /** Takes the folder for this process alone, until it ends. */
    FileChannel lock() throws UnusableWitnessException, IOException {
        if (!Files.isDirectory(folder)) {
            throw new UnusableWitnessException("there is no witness in " + folder + ": `husk witness init` makes one");
        }
        var channel = FileChannel.open(
                folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // In this process.
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new UnusableWitnessException("another process serves the witness in " + folder);
    }

    WitnessState state() throws UnusableWitnessException, IOException {
        return WitnessState.open(folder.resolve(STATE));
    }

    /** The signing key of the witness whose record says {@code own}. */
    PartySigner signer(WitnessKey own) throws UnusableWitnessException, IOException {
        var file = folder.resolve(KEY);
        try {
            var permissions = Files.getPosixFilePermissions(file);
            if (permissions.stream().anyMatch(OF_OTHERS::contains)) {
                throw new UnusableWitnessException(file + " is open to others: chmod 600 it");
            }
            var lines =
                    Files.readString(file, StandardCharsets.US_ASCII).strip().split("\n", -1);
            if (lines.length != 3 || !lines[0].equals(HEADER) || !lines[2].equals(FOOTER)) {
                throw new UnusableWitnessException(file + " is not a private key in PEM");
            }
            byte[] pkcs8 = Base64.getDecoder().decode(lines[1]);
            try {
                var signer = PartySigner.fromPkcs8(pkcs8);
                if (!Arrays.equals(signer.key().raw(), own.publicKey())) {
                    signer.close();
                    throw new UnusableWitnessException(file + " is not the key of " + own.text());
                }
                return signer;
            } finally {
                Arrays.fill(pkcs8, (byte) 0);
            }
        } catch (NoSuchFileException e) {
            throw new UnusableWitnessException(file + " is missing");
        } catch (IllegalArgumentException e) {
            throw new UnusableWitnessException(file + " is not an Ed25519 private key");
        }
    }
}
