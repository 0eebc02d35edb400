package dev.husk.cli.demo;

import com.google.gson.JsonObject;
import dev.husk.cli.terminal.Terminal;
import java.io.PrintWriter;

/** Prints the demo as numbered steps, and keeps its figures for whoever wants them as JSON. */
public final class Story {
    private final PrintWriter out;
    private final Terminal terminal;
    private final JsonObject figures = new JsonObject();
    private int step;

    public Story(PrintWriter out, Terminal terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** The first step: the platform starts. */
    public void start() {
        step("The local platform starts");
    }

    /** A part of the platform is up. */
    public void started(String part, long milliseconds) {
        line("%-20s %,6d ms".formatted(part, milliseconds));
        var all = figures.has("start") ? figures.getAsJsonObject("start") : new JsonObject();
        all.addProperty(part, milliseconds);
        figures.add("start", all);
    }

    /** The last words. */
    public void end(String text) {
        out.println();
        line(text);
    }

    void step(String title) {
        out.println();
        out.println(terminal.bold("%2d. %s".formatted(++step, title)));
        out.flush();
    }

    /** The command that a person would type for this. */
    void command(String command) {
        out.println("    " + terminal.green("$ husk " + command));
        out.flush();
    }

    void line(String text) {
        text.lines().forEach(line -> out.println("    " + line));
        out.flush();
    }

    void warning(String text) {
        text.lines().forEach(line -> out.println("    " + terminal.yellow(line)));
        out.flush();
    }

    void refusal(String text) {
        text.lines().forEach(line -> out.println("    " + terminal.red(line)));
        out.flush();
    }

    /** What the steps measured, by step. */
    public JsonObject figures() {
        return figures;
    }
}
