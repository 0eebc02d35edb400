package dev.husk.runtime;

import dev.husk.runtime.load.EntryPoint;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Standard output and error as the platform collects them: UTF-8, one sentinel line each per activation. */
final class ActivationLog {
    private static final String SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX";

    private final Lines out;
    private final Lines err;
    private final PrintStream printOut;
    private final PrintStream printErr;

    private ActivationLog(OutputStream out, OutputStream err) {
        this.out = new Lines(out);
        this.err = new Lines(err);
        this.printOut = new PrintStream(this.out, true, StandardCharsets.UTF_8);
        this.printErr = new PrintStream(this.err, true, StandardCharsets.UTF_8);
    }

    static ActivationLog ofProcess() {
        return new ActivationLog(new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    static ActivationLog to(OutputStream out, OutputStream err) {
        return new ActivationLog(out, err);
    }

    /** Makes {@link System#out} and {@link System#err} this log's, again where an action has changed them. */
    void install() {
        System.setOut(printOut);
        System.setErr(printErr);
    }

    /** One of the runtime's own lines. */
    void husk(String line) {
        printOut.println("HUSK " + line);
    }

    void progress(String step, double fraction) {
        var clean = step.replaceAll("[^\\w .:/%-]", "?");
        var shown = clean.substring(0, Math.min(clean.length(), 64));
        husk("progress " + String.format(Locale.ROOT, "%.2f", Math.max(0, Math.min(1, fraction))) + " " + shown);
    }

    void error(String line) {
        printErr.println(line);
    }

    void trace(Throwable thrown) {
        EntryPoint.cause(thrown).printStackTrace(printErr);
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
        printErr.println(title);
        for (var frame : EntryPoint.cause(thrown).getStackTrace()) {
            printErr.println("\tat " + frame);
        }
    }

    static String describeWithoutData(Throwable thrown) {
        var cause = EntryPoint.cause(thrown);
        var name = cause.getClass().getName();
        var ours = name.startsWith("dev.husk.function.")
                || name.startsWith("dev.husk.store.")
                || name.startsWith("dev.husk.runtime.");
        return ours ? cause.toString() : name + " (its message may quote data and is not shown)";
    }

    /** Ends the activation's log. */
    void end() {
        printOut.flush();
        printErr.flush();
        out.startLine();
        err.startLine();
        printOut.println(SENTINEL);
        printErr.println(SENTINEL);
    }

    /** Knows whether the last line is finished: a sentinel must stand on a line of its own. */
    private static final class Lines extends FilterOutputStream {
        private boolean atStart = true;

        Lines(OutputStream out) {
            super(out);
        }

        @Override
        public synchronized void write(int b) throws IOException {
            out.write(b);
            atStart = b == '\n';
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            if (length > 0) {
                atStart = bytes[offset + length - 1] == '\n';
            }
        }

        synchronized void startLine() {
            if (!atStart) {
                try {
                    write('\n');
                } catch (IOException e) {
                    // nobody reads the log
                }
            }
        }
    }
}
