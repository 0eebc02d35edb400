package dev.husk.snp.kds;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;

/** A server, how it is reached, and where what it gave is kept. */
record Remote(URI base, Transport transport, Path folder, Patience patience, Sleeper sleeper) {
    Remote with(Patience other) {
        return new Remote(base, transport, folder, other, sleeper);
    }

    Cache kept() {
        return new Cache(folder, base);
    }

    Locks locks() {
        return new Locks(folder, sleeper);
    }

    Server server(Clock clock) {
        return new Server(base, transport, new Standing(folder, base, patience.longest()), patience, clock, sleeper);
    }
}
