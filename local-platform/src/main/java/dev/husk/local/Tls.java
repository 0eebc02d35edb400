package dev.husk.local;

import dev.husk.protocol.tls.Authorities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLContext;

/**
 * What the gateway shows to whoever connects, and who vouches for it; all files in PEM.
 *
 * @param certificate for 127.0.0.1, with its chain
 * @param key PKCS #8, not encrypted
 * @param authorities what sandboxes and parties are told to trust, instead of what their machine trusts
 */
public record Tls(Path certificate, Path key, Path authorities) {

    /** For clients that trust the authorities alone. */
    SSLContext clients() throws IOException {
        try {
            return Authorities.trusting(Files.readAllBytes(authorities));
        } catch (CertificateException e) {
            throw new IOException(authorities + " holds no certificates in PEM", e);
        }
    }
}
