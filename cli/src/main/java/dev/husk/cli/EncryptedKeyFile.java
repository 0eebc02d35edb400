package dev.husk.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/**
 * A private key on disk: PKCS #8 in PEM, encrypted under a passphrase (PBES2 with HMAC-SHA-256 and AES-256), which
 * {@code openssl pkey} reads as well. Readable by its owner alone.
 */
final class EncryptedKeyFile {
    private static final String HEADER = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
    private static final String FOOTER = "-----END ENCRYPTED PRIVATE KEY-----";
    private static final String SCHEME = "PBEWithHmacSHA256AndAES_256";
    private static final int ITERATIONS = 310_000;

    private final Path path;
    private final String make;

    /** @param make the command that makes such a file */
    EncryptedKeyFile(Path path, String make) {
        this.path = path;
        this.make = make;
    }

    /** Makes a key of PKCS #8 bytes, which are wiped after. */
    interface Reader<T> {
        /** @throws IllegalArgumentException if it is none */
        T read(byte[] pkcs8);
    }

    boolean exists() {
        return Files.exists(path);
    }

    /** Writes the key and wipes it; an existing file is never replaced. */
    void create(byte[] pkcs8, char[] passphrase) throws CommandFailed, IOException {
        try {
            var factory = SecretKeyFactory.getInstance(SCHEME);
            var key = factory.generateSecret(new PBEKeySpec(passphrase));
            var cipher = Cipher.getInstance(SCHEME);
            byte[] salt = new byte[16];
            new java.security.SecureRandom().nextBytes(salt);
            cipher.init(Cipher.ENCRYPT_MODE, key, new PBEParameterSpec(salt, ITERATIONS));
            // The JDK knows these parameters by their object identifier only under the name of PBES2.
            var parameters = AlgorithmParameters.getInstance("PBES2");
            parameters.init(cipher.getParameters().getEncoded());
            var encrypted = new EncryptedPrivateKeyInfo(parameters, cipher.doFinal(pkcs8));
            var pem = HEADER + "\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encrypted.getEncoded()) + "\n"
                    + FOOTER
                    + "\n";
            WholeFile.create(path, pem);
        } catch (FileAlreadyExistsException e) {
            throw CommandFailed.unusable(path + " exists already: a key is never overwritten");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks " + SCHEME, e);
        } finally {
            Arrays.fill(pkcs8, (byte) 0);
        }
    }

    <T> T open(char[] passphrase, Reader<T> reader) throws CommandFailed, IOException {
        byte[] pkcs8 = {};
        try {
            var text = Files.readString(path, StandardCharsets.US_ASCII).strip();
            if (!text.startsWith(HEADER) || !text.endsWith(FOOTER)) {
                throw CommandFailed.unusable(path + " is not an encrypted private key in PEM");
            }
            byte[] der =
                    Base64.getMimeDecoder().decode(text.substring(HEADER.length(), text.length() - FOOTER.length()));
            var encrypted = new EncryptedPrivateKeyInfo(der);
            var key = SecretKeyFactory.getInstance(SCHEME).generateSecret(new PBEKeySpec(passphrase));
            var cipher = Cipher.getInstance(SCHEME);
            cipher.init(Cipher.DECRYPT_MODE, key, encrypted.getAlgParameters());
            pkcs8 = cipher.doFinal(encrypted.getEncryptedData());
            return read(pkcs8, reader);
        } catch (NoSuchFileException e) {
            throw CommandFailed.unusable("no key at " + path + ": make one with `" + make + "`");
        } catch (javax.crypto.BadPaddingException e) {
            throw CommandFailed.unusable("wrong passphrase for " + path);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw CommandFailed.unusable(path + " is damaged or not a key of Husk");
        } finally {
            Arrays.fill(pkcs8, (byte) 0);
        }
    }

    /** One wrong passphrase in 256 leaves bytes that look padded; they are no key all the same. */
    private <T> T read(byte[] pkcs8, Reader<T> reader) throws CommandFailed {
        try {
            return reader.read(pkcs8);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable("wrong passphrase for " + path);
        }
    }
}
