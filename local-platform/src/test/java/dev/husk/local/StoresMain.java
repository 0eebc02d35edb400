package dev.husk.local;

import java.nio.file.Path;

/** A process that starts PostgreSQL and the S3 store, prints {@code ready}, and waits to be killed. */
final class StoresMain {
    private StoresMain() {}

    /** Arguments: state folder, cache folder, project folder. */
    public static void main(String[] arguments) throws Exception {
        var state = StateFolder.open(Path.of(arguments[0]));
        var ports = Ports.ANY.chosen();
        var binaries = PostgresBinaries.unpackedIn(Path.of(arguments[1]));
        var postgres = Postgres.start(binaries, state, ports.postgres());
        var s3 = S3Server.start(new Installation(Path.of(arguments[2])).s3ClassPath(), state, ports.s3());
        System.out.println("ready " + postgres.port() + " " + s3.endpoint().getPort());
        Thread.currentThread().join();
    }
}
