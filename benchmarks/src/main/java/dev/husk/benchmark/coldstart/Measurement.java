package dev.husk.benchmark.coldstart;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.benchmark.coldstart.Starter.Started;
import dev.husk.benchmark.gateway.LoadFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts, asks and times one subject after the other, in turns. */
final class Measurement {
    private static final String TIMING = "HUSK timing ";
    private static final long START_MILLIS = 60_000;
    private static final long POLL_MILLIS = 1;
    private static final long LOOK_MILLIS = 250;
    private static final int LOOKS_AT_REST = 4;
    private static final int LOOKS = 80;

    /** Below the range that the kernel hands out, so that no connection of ours takes a port between look and use. */
    private static final int FIRST_PORT = 21_000;

    private static final int LAST_PORT = 31_000;

    private final Starter starter;
    private final Optional<Confidential> confidential;
    private final Map<Subject, Work> work;
    private final Samples samples = new Samples();
    private int nextPort = FIRST_PORT + (int) (ProcessHandle.current().pid() % (LAST_PORT - FIRST_PORT));

    /** @param work in the order of the printout */
    Measurement(Starter starter, Optional<Confidential> confidential, Map<Subject, Work> work) {
        this.starter = starter;
        this.confidential = confidential;
        this.work = new EnumMap<>(work);
    }

    Samples samples() {
        return samples;
    }

    /** A runtime that was started, and what there is to close. */
    private final class Running implements AutoCloseable {
        final Subject subject;
        final long spawned;
        final Started process;
        final int port;
        final Optional<String> sandbox;
        Optional<Invoker> invoker = Optional.empty();

        Running(Subject subject) throws IOException, LoadFailedException {
            this.subject = subject;
            this.port = freePort();
            this.sandbox = subject.attested() ? confidential.map(Confidential::sandbox) : Optional.empty();
            var arguments = arguments(subject, port, sandbox);
            this.spawned = System.nanoTime();
            this.process = starter.start(subject, arguments);
        }

        /** Waits until it accepts; milliseconds since it was spawned. */
        double ready() throws LoadFailedException, InterruptedException {
            while (true) {
                try {
                    invoker = Optional.of(new Invoker(port));
                    return millisSince(spawned);
                } catch (IOException e) {
                    if (!process.alive() || millisSince(spawned) > START_MILLIS) {
                        throw new LoadFailedException(subject.title + " did not start: " + process.printed(), e);
                    }
                    Thread.sleep(POLL_MILLIS);
                }
            }
        }

        void first() throws IOException, LoadFailedException {
            var sent = work(subject);
            var run = runOf(subject);
            invoker.orElseThrow().init(sent.init());
            sent.check(invoker.orElseThrow().run(run));
        }

        double run(JsonObject value) throws IOException, LoadFailedException {
            long before = System.nanoTime();
            var answer = invoker.orElseThrow().run(value);
            double took = millisSince(before);
            work(subject).check(answer);
            return took;
        }

        Optional<JsonObject> timing() {
            return process.printed()
                    .lines()
                    .filter(line -> line.startsWith(TIMING))
                    .findFirst()
                    .map(line -> JsonParser.parseString(line.substring(TIMING.length()))
                            .getAsJsonObject());
        }

        @Override
        public void close() {
            invoker.ifPresent(open -> {
                try {
                    open.close();
                } catch (IOException e) {
                    // it is going anyway
                }
            });
            process.close();
            sandbox.ifPresent(id -> confidential.orElseThrow().forget(id));
        }
    }

    private Work work(Subject subject) {
        return Optional.ofNullable(work.get(subject)).orElseThrow();
    }

    private JsonObject runOf(Subject subject) {
        var sent = work(subject);
        return subject.attested()
                ? confidential.orElseThrow().run(sent.function(), sent.parameters())
                : sent.parameters();
    }

    private List<String> arguments(Subject subject, int port, Optional<String> sandbox) {
        if (subject.program == Subject.Program.STOCK) {
            return List.of(Integer.toString(port));
        }
        var arguments = new ArrayList<>(List.of("--host", "127.0.0.1", "--port", Integer.toString(port)));
        if (sandbox.isEmpty()) {
            arguments.add("--plain");
        } else {
            arguments.addAll(
                    List.of("--gateway", confidential.orElseThrow().url().toString()));
            arguments.addAll(List.of("--log-key", confidential.orElseThrow().logKey()));
            arguments.addAll(List.of("--evidence", sandbox.get()));
        }
        return arguments;
    }

    /** One start with a first run that does not count, as for a list of classes. */
    void practise(Subject subject) throws IOException, LoadFailedException, InterruptedException {
        try (var one = new Running(subject)) {
            one.ready();
            rest(List.of(one));
            one.first();
            one.run(runOf(subject));
        }
    }

    /** Each subject once from spawn to first result, and once as a stem cell, with warm runs after it. */
    void round(int number, int warmRuns) throws IOException, LoadFailedException, InterruptedException {
        var order = new ArrayList<>(work.keySet());
        Collections.rotate(order, number);
        for (var subject : order) {
            cold(subject);
        }
        var cells = new ArrayList<Running>();
        try {
            for (var subject : order) {
                var cell = new Running(subject);
                cells.add(cell);
                cell.ready();
            }
            rest(cells);
            for (var cell : cells) {
                long before = System.nanoTime();
                cell.first();
                samples.add(cell.subject, Samples.STEM, millisSince(before));
                cell.timing().ifPresent(steps -> samples.addSteps(cell.subject.letter + ", stem cell", steps));
            }
            warm(cells, warmRuns);
        } finally {
            cells.forEach(Running::close);
        }
    }

    private void cold(Subject subject) throws IOException, LoadFailedException, InterruptedException {
        try (var one = new Running(subject)) {
            double ready = one.ready();
            one.first();
            double first = millisSince(one.spawned);
            var cpu = one.process.cpuSeconds();
            samples.add(subject, Samples.READY, ready);
            samples.add(subject, Samples.COLD, first);
            cpu.ifPresent(seconds -> samples.add(subject, Samples.CPU, seconds * 1000));
            one.timing().ifPresent(steps -> samples.addSteps(subject.letter + ", cold", steps));
        }
    }

    /** Runs without a contract, in turns; then runs under one, in turns. */
    private void warm(List<Running> cells, int runs) throws IOException, LoadFailedException {
        for (int i = 0; i < runs; i++) {
            for (var cell : cells) {
                if (cell.subject.program != Subject.Program.ENGINES) {
                    double took = cell.run(work(cell.subject).parameters());
                    if (i >= runs / 2) {
                        samples.add(cell.subject, Samples.WARM, took);
                    }
                }
            }
        }
        for (int i = 0; i < runs; i++) {
            for (var cell : cells) {
                if (cell.subject.attested()) {
                    double took = cell.run(runOf(cell.subject));
                    if (i >= runs / 2) {
                        samples.add(cell.subject, Samples.WARM_CONTRACT, took);
                    }
                }
            }
        }
    }

    /** Waits until none of them has used the processor for a while: all that goes on before an action is then done. */
    private static void rest(List<Running> cells) throws InterruptedException {
        double last = -1;
        int atRest = 0;
        for (int look = 0; look < LOOKS && atRest < LOOKS_AT_REST; look++) {
            double untold = look(look);
            double now = cells.stream()
                    .mapToDouble(cell -> cell.process.cpuSeconds().orElse(untold))
                    .sum();
            atRest = now - last < 0.005 * cells.size() ? atRest + 1 : 0;
            last = now;
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** Where nobody can tell the processor time: grows for the first ten seconds, then rests. */
    private static double look(int look) {
        return Math.min(look, 40);
    }

    private static double millisSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e6;
    }

    private int freePort() throws IOException {
        while (true) {
            nextPort = nextPort >= LAST_PORT ? FIRST_PORT : nextPort + 1;
            try (var socket = new ServerSocket(nextPort, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (java.net.BindException e) {
                // somebody else's
            }
        }
    }
}
