package dev.husk.gateway.keys;

import dev.husk.gateway.Configuration;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the secret columns of the untrusted database: AES-256-GCM with the row's identity as associated data, so that a
 * value moved to another row does not open.
 *
 * <p>This source is a file, for the local platform: it protects from whoever has the database and not the file. Does
 * not notice a row that was put back to an older value of its own.
 */
@ApplicationScoped
public class StateKey {
    private static final int IV = 12;
    private static final int SIZE = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] key;

    @Inject
    public StateKey(Configuration configuration) {
        this(configuration.stateKeyFile());
    }

    StateKey() {
        this.key = new byte[0]; // for the proxy of the container
    }

    StateKey(Path file) {
        this.key = read(file);
    }

    private static byte[] read(Path file) {
        try {
            byte[] fresh = new byte[SIZE];
            RANDOM.nextBytes(fresh);
            try {
                Files.createDirectories(file.toAbsolutePath().getParent());
                try (var channel = Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                    channel.write(java.nio.ByteBuffer.wrap(fresh));
                }
            } catch (FileAlreadyExistsException e) {
                Arrays.fill(fresh, (byte) 0);
                fresh = Files.readAllBytes(file);
            }
            if (fresh.length != SIZE) {
                throw new IllegalStateException("the state key file " + file + " does not hold 32 bytes");
            }
            return fresh;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the state key file " + file, e);
        }
    }

    /** @param row which value of the database this is, such as {@code data_key/heart-risk/anna-2025} */
    public byte[] seal(String row, byte[] secret) {
        byte[] iv = new byte[IV];
        RANDOM.nextBytes(iv);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, iv, row).doFinal(secret);
            byte[] all = Arrays.copyOf(iv, IV + sealed.length);
            System.arraycopy(sealed, 0, all, IV, sealed.length);
            return all;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    /** @throws IllegalStateException if the value was changed, moved, or sealed under another key */
    public byte[] open(String row, byte[] sealed) {
        if (sealed.length < IV + 16) {
            throw new IllegalStateException("the database's " + row + " is cut short");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, IV), row).doFinal(sealed, IV, sealed.length - IV);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the database's " + row + " was changed, or is of another state key");
        }
    }

    private Cipher cipher(int mode, byte[] iv, String row) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, iv));
        cipher.updateAAD(row.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    @PreDestroy
    void forget() {
        Arrays.fill(key, (byte) 0);
    }

    @Override
    public String toString() {
        return "StateKey";
    }
}
