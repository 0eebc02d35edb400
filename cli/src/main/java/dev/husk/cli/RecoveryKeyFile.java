package dev.husk.cli;

import dev.husk.protocol.seal.HpkeKeyPair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The key that a party's share of a gateway's state key is sealed to: X25519, beside its signing key and under the same
 * passphrase. Not derived from the signing key, since a hardware token gives no secret to derive one from.
 */
final class RecoveryKeyFile {
    private static final byte[] PREFIX = HexFormat.of().parseHex("302e020100300506032b656e04220420");

    private final EncryptedKeyFile file;

    RecoveryKeyFile(Path path) {
        this.file = new EncryptedKeyFile(path, "husk party recovery-key NAME");
    }

    boolean exists() {
        return file.exists();
    }

    /** Writes the key; an existing file is never replaced. */
    void create(HpkeKeyPair pair, char[] passphrase) throws CommandFailed, IOException {
        byte[] secret = pair.secret();
        byte[] pkcs8 = Arrays.copyOf(PREFIX, PREFIX.length + secret.length);
        System.arraycopy(secret, 0, pkcs8, PREFIX.length, secret.length);
        Arrays.fill(secret, (byte) 0);
        file.create(pkcs8, passphrase);
    }

    HpkeKeyPair open(char[] passphrase) throws CommandFailed, IOException {
        return file.open(passphrase, RecoveryKeyFile::read);
    }

    private static HpkeKeyPair read(byte[] pkcs8) {
        if (pkcs8.length != PREFIX.length + 32 || !Arrays.equals(pkcs8, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
            throw new IllegalArgumentException("not an X25519 private key");
        }
        byte[] secret = Arrays.copyOfRange(pkcs8, PREFIX.length, pkcs8.length);
        try {
            return HpkeKeyPair.of(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
