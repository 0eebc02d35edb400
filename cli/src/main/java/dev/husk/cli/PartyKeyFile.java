package dev.husk.cli;

import dev.husk.protocol.contract.PartySigner;
import java.io.IOException;
import java.nio.file.Path;

/** A party's signing key on disk. */
final class PartyKeyFile {
    private final EncryptedKeyFile file;

    PartyKeyFile(Path path) {
        this.file = new EncryptedKeyFile(path, "husk party create NAME");
    }

    /** Writes the key; an existing file is never replaced. */
    void create(PartySigner signer, char[] passphrase) throws CommandFailed, IOException {
        file.create(signer.pkcs8(), passphrase);
    }

    PartySigner open(char[] passphrase) throws CommandFailed, IOException {
        return file.open(passphrase, PartySigner::fromPkcs8);
    }
}
