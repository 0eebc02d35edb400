package dev.husk.gateway.party;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.ParseException;
import java.util.Optional;

/**
 * Reads an issuer's JWK set where it stands: in a file, at an address, or where the issuer's discovery document says
 * at that moment. Whatever was read also goes into a file for the server's own check, before anyone gets it.
 */
final class IssuerKeys implements JWKSetSource<SecurityContext> {
    private static final System.Logger LOG = System.getLogger(IssuerKeys.class.getName());
    private static final int LARGEST = 256 << 10;

    private final String issuer;
    private final Optional<URI> location;
    private final IssuerHttp http;
    private final Path copy;
    private volatile String problem = "";

    /** @param location empty: the discovery document names it */
    IssuerKeys(String issuer, Optional<URI> location, IssuerHttp http, Path copy) {
        this.issuer = issuer;
        this.location = location;
        this.http = http;
        this.copy = copy;
    }

    @Override
    public synchronized JWKSet getJWKSet(JWKSetCacheRefreshEvaluator evaluator, long now, SecurityContext context)
            throws JWKSetUnavailableException {
        try {
            var keys = JWKSet.load(new ByteArrayInputStream(read()));
            write(keys);
            say("");
            return keys;
        } catch (IOException | ParseException | IllegalArgumentException e) {
            say(e instanceof ParseException ? "they are no JWK set" : String.valueOf(e.getMessage()));
            throw new JWKSetUnavailableException("the issuer's keys cannot be had: " + problem, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JWKSetUnavailableException("interrupted", e);
        }
    }

    /** Whether the last fetch failed, so that nobody knows which keys the issuer has. */
    boolean unknown() {
        return !problem.isEmpty();
    }

    private byte[] read() throws IOException, InterruptedException {
        var keys = location.isPresent()
                ? location.get()
                : Discovery.keys(http.get(Discovery.address(issuer), Discovery.LARGEST), issuer);
        if (!"file".equalsIgnoreCase(keys.getScheme())) {
            return http.get(keys, LARGEST);
        }
        try (var in = Files.newInputStream(Path.of(keys))) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IOException(keys + ": longer than " + LARGEST + " bytes");
            }
            return bytes;
        }
    }

    /** The server reads it anew when a token names a key that it has not seen. */
    private void write(JWKSet keys) throws IOException {
        var fresh = copy.resolveSibling(copy.getFileName() + ".new");
        Files.writeString(fresh, keys.toString(true));
        Files.move(fresh, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** One line when it starts to fail, or fails otherwise: tokens of strangers make it try often. */
    private void say(String now) {
        var line = now.replaceAll("[^ -~]", "?");
        if (!line.isEmpty() && !line.equals(problem)) {
            LOG.log(System.Logger.Level.WARNING, "the keys of the parties' issuer cannot be had: " + line);
        }
        problem = line;
    }

    @Override
    public void close() {
        // Nothing is held between requests.
    }
}
