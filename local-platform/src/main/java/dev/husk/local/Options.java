package dev.husk.local;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How to start the local platform.
 *
 * @param state where everything that must survive a restart lies; one platform at a time uses it
 * @param cache where unpacked programs lie, shared by all platforms of a user
 * @param installation where the built parts lie
 * @param tls how the gateway is reached; empty for plain HTTP, which does not leave this machine either
 */
public record Options(Path state, Path cache, Installation installation, Ports ports, Optional<Tls> tls) {

    public Options(Path state, Path cache, Installation installation, Ports ports) {
        this(state, cache, installation, ports, Optional.empty());
    }

    /** The user's cache folder, the installation that {@link Installation#find} finds, any free ports. */
    public static Options of(Path state) throws StartFailedException {
        return new Options(state, userCache(), Installation.find(), Ports.ANY);
    }

    public Options withPorts(Ports wished) {
        return new Options(state, cache, installation, wished, tls);
    }

    public Options withTls(Tls shown) {
        return new Options(state, cache, installation, ports, Optional.of(shown));
    }

    /** {@code $XDG_CACHE_HOME/husk}, or {@code ~/.cache/husk}. */
    public static Path userCache() {
        var named = System.getenv("XDG_CACHE_HOME");
        var base =
                named == null || named.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(named);
        return base.resolve("husk");
    }
}
