package dev.husk.runtime;

import dev.husk.runtime.load.EntryPoint;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Standard output and error as the platform collects them: UTF-8, one sentinel line each per activation. Of activations
 * that overlap, the sentinels stand together behind all their lines, as OpenWhisk's suites want it.
 */
final class ActivationLog {
    private static final String SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX";

    private final Streams streams;
    private final String prefix;

    private ActivationLog(Streams streams, String prefix) {
        this.streams = streams;
        this.prefix = prefix;
    }

    static ActivationLog ofProcess() {
        return to(new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    static ActivationLog to(OutputStream out, OutputStream err) {
        return new ActivationLog(new Streams(new Lines(out), new Lines(err)), "");
    }

    /** The same log for a run that others may overlap: the runtime's own lines name its activation. */
    ActivationLog of(String activation) {
        return new ActivationLog(streams, "[" + (activation.matches("[0-9a-f]{32}") ? activation : "?") + "] ");
    }

    /** From now on several threads write: what one of them writes reaches the log in whole lines. */
    void keepLinesWhole() {
        streams.out.keepWhole();
        streams.err.keepWhole();
    }

    /** Makes {@link System#out} and {@link System#err} this log's, again where an action has changed them. */
    void install() {
        System.setOut(streams.printOut);
        System.setErr(streams.printErr);
    }

    /** One of the runtime's own lines. */
    void husk(String line) {
        streams.printOut.println("HUSK " + prefix + line);
    }

    void progress(String step, double fraction) {
        var clean = step.replaceAll("[^\\w .:/%-]", "?");
        var shown = clean.substring(0, Math.min(clean.length(), 64));
        husk("progress " + String.format(Locale.ROOT, "%.2f", Math.max(0, Math.min(1, fraction))) + " " + shown);
    }

    void error(String line) {
        streams.printErr.println(prefix + line);
    }

    void trace(Throwable thrown) {
        var text = new StringWriter();
        EntryPoint.cause(thrown).printStackTrace(new PrintWriter(text));
        streams.printErr.print(prefix + text);
    }

    /**
     * A trace without messages, but those of exceptions that Husk itself throws: the message of any other may quote
     * the data that it choked on.
     */
    void traceWithoutData(Throwable thrown) {
        trace(describeWithoutData(thrown), thrown);
    }

    /** A trace without any message. */
    void traceWithoutMessage(Throwable thrown) {
        trace(EntryPoint.cause(thrown).getClass().getName() + " (the sealed answer says more)", thrown);
    }

    private void trace(String title, Throwable thrown) {
        var text = new StringBuilder(prefix).append(title).append('\n');
        for (var frame : EntryPoint.cause(thrown).getStackTrace()) {
            text.append("\tat ").append(frame).append('\n');
        }
        streams.printErr.print(text);
    }

    static String describeWithoutData(Throwable thrown) {
        var cause = EntryPoint.cause(thrown);
        var name = cause.getClass().getName();
        var ours = name.startsWith("dev.husk.function.")
                || name.startsWith("dev.husk.store.")
                || name.startsWith("dev.husk.runtime.");
        return ours ? cause.toString() : name + " (its message may quote data and is not shown)";
    }

    /** A call has begun. */
    void begin() {
        streams.begin();
    }

    /**
     * A call has ended. What calls still run decides when its sentinels are written: with the last one's.
     *
     * @param activation whether it was an activation, which has sentinels
     */
    void end(boolean activation) {
        streams.end(activation);
    }

    /** Both streams, and the calls that write to them. */
    private static final class Streams {
        private final Lines out;
        private final Lines err;
        private final PrintStream printOut;
        private final PrintStream printErr;
        private int running;
        private int ended;

        Streams(Lines out, Lines err) {
            this.out = out;
            this.err = err;
            this.printOut = new PrintStream(out, true, StandardCharsets.UTF_8);
            this.printErr = new PrintStream(err, true, StandardCharsets.UTF_8);
        }

        synchronized void begin() {
            running++;
        }

        synchronized void end(boolean activation) {
            running--;
            ended += activation ? 1 : 0;
            if (running > 0) {
                out.finishDead();
                err.finishDead();
            } else if (ended > 0) {
                var sentinels = (SENTINEL + "\n").repeat(ended);
                ended = 0;
                printOut.flush();
                printErr.flush();
                out.finish();
                err.finish();
                printOut.print(sentinels);
                printErr.print(sentinels);
            }
        }
    }

    /**
     * Knows whether the last line is finished: a sentinel must stand on a line of its own. Where several threads write,
     * each thread's line is held until it is finished.
     */
    private static final class Lines extends OutputStream {
        /** A longer line is broken. */
        private static final int LONGEST = 1 << 16;

        private final OutputStream out;
        private final Map<Thread, ByteArrayOutputStream> unfinished = new HashMap<>();
        private boolean whole;
        private boolean atStart = true;

        Lines(OutputStream out) {
            this.out = out;
        }

        synchronized void keepWhole() {
            whole = true;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
            if (!whole) {
                pass(bytes, offset, length);
                return;
            }
            int end = offset + length;
            int rest = end;
            while (rest > offset && bytes[rest - 1] != '\n') {
                rest--;
            }
            var thread = Thread.currentThread();
            if (rest > offset) {
                finish(unfinished.remove(thread), bytes, offset, rest - offset);
            }
            if (rest < end) {
                var line = unfinished.computeIfAbsent(thread, key -> new ByteArrayOutputStream());
                line.write(bytes, rest, end - rest);
                if (line.size() > LONGEST) {
                    line.write('\n');
                    pass(line);
                    unfinished.remove(thread);
                }
            }
        }

        private void finish(@Nullable ByteArrayOutputStream begun, byte[] bytes, int offset, int length)
                throws IOException {
            if (begun == null) {
                pass(bytes, offset, length);
            } else {
                begun.write(bytes, offset, length);
                pass(begun);
            }
        }

        private void pass(ByteArrayOutputStream line) throws IOException {
            pass(line.toByteArray(), 0, line.size());
        }

        private void pass(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) {
                out.write(bytes, offset, length);
                atStart = bytes[offset + length - 1] == '\n';
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        /** Ends every line that was begun. */
        synchronized void finish() {
            finish(thread -> true);
            if (!atStart) {
                finish(new ByteArrayOutputStream());
            }
        }

        /** Ends the lines of threads that are gone. */
        synchronized void finishDead() {
            finish(thread -> !thread.isAlive());
        }

        private void finish(Predicate<Thread> whose) {
            for (var line = unfinished.entrySet().iterator(); line.hasNext(); ) {
                var next = line.next();
                if (whose.test(next.getKey())) {
                    line.remove();
                    finish(next.getValue());
                }
            }
        }

        private void finish(ByteArrayOutputStream line) {
            try {
                line.write('\n');
                pass(line);
            } catch (IOException e) {
                // nobody reads the log
            }
        }
    }
}
