package dev.husk.benchmark.coldstart;

import dev.husk.benchmark.gateway.LoadFailedException;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;

/** Starts runtimes: as processes, or as containers. */
interface Starter {
    /**
     * Starts one and does not wait for it.
     *
     * @param arguments of the runtime's main class, the address among them
     */
    Started start(Subject subject, List<String> arguments) throws IOException, LoadFailedException;

    /** How it starts them, for people. */
    String describe();

    /** A runtime that was started; {@link #close} ends it and waits until it has ended. */
    interface Started extends AutoCloseable {
        boolean alive();

        /** What it printed so far, on both streams. */
        String printed();

        /** Processor time so far in seconds, in steps of 10 ms; empty where that cannot be told. */
        OptionalDouble cpuSeconds();

        @Override
        void close();
    }
}
