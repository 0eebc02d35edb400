package dev.husk.cli.terminal;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;

/** Whether a person watches, and with it whether colours and bars are drawn. */
public final class Terminal {
    private static final int USUAL_COLUMNS = 80;

    private final boolean rich;

    private Terminal(boolean rich) {
        this.rich = rich;
    }

    /** Rich where input and output are a terminal, {@code NO_COLOR} is unset and {@code TERM} is not {@code dumb}. */
    public static Terminal of(Map<String, String> environment) {
        return of(environment, isTerminal(System.console()));
    }

    static Terminal of(Map<String, String> environment, boolean terminal) {
        boolean noColour = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(terminal && !noColour && !"dumb".equals(environment.get("TERM")));
    }

    /** Draws nothing. */
    public static Terminal plain() {
        return new Terminal(false);
    }

    /** Before JDK 22 a console that exists is a terminal; since then it must be asked. */
    private static boolean isTerminal(@org.jspecify.annotations.Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }

    /** How wide the terminal was when the command started: {@code husk.columns}, or 80 where that is not known. */
    static int columns() {
        int columns = Integer.getInteger("husk.columns", 0);
        return columns > 0 ? columns : USUAL_COLUMNS;
    }

    public boolean isRich() {
        return rich;
    }

    public String green(String text) {
        return paint("32", text);
    }

    public String yellow(String text) {
        return paint("33", text);
    }

    public String red(String text) {
        return paint("31", text);
    }

    public String bold(String text) {
        return paint("1", text);
    }

    private String paint(String code, String text) {
        return rich ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    /** Text of others without what could steer a terminal: each control or format character becomes a dot. */
    public static String printable(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            out.appendCodePoint(
                    type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE ? '.' : c);
        });
        return out.toString();
    }
}
