package dev.husk.gateway.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** A certificate with its chain, the server's own first, and its private key. */
final class PemIdentity {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");

    private final List<Certificate> chain;
    private final PrivateKey key;

    private PemIdentity(List<Certificate> chain, PrivateKey key) {
        this.chain = chain;
        this.key = key;
    }

    /** @throws IOException if a file cannot be read, or is not what it should be; names the file, never its content */
    static PemIdentity read(Path certificate, Path key) throws IOException {
        return new PemIdentity(chain(certificate), key(key));
    }

    private static List<Certificate> chain(Path file) throws IOException {
        try {
            var chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
            if (chain.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            return List.copyOf(chain);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no certificates in PEM", e);
        }
    }

    private static PrivateKey key(Path file) throws IOException {
        var found = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!found.find()) {
            throw new IOException(file + " holds no PRIVATE KEY (PKCS #8, not encrypted) in PEM");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(found.group(1));
        try {
            for (var algorithm : ALGORITHMS) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
                } catch (InvalidKeySpecException e) {
                    // Of another algorithm.
                    continue;
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has these", e);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
        throw new IOException(file + " holds no EC, RSA or Ed25519 key");
    }

    /** A PKCS #12 key store. */
    byte[] keyStore(char[] password) throws IOException {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("husk", key, password, chain.toArray(new Certificate[0]));
            var out = new ByteArrayOutputStream();
            store.store(out, password);
            return out.toByteArray();
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate does not go with the key", e);
        }
    }

    /** The server's own certificate. */
    Certificate certificate() {
        return chain.get(0);
    }

    @Override
    public String toString() {
        return "PemIdentity";
    }
}
