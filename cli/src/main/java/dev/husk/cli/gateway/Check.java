package dev.husk.cli.gateway;

/** One thing that was looked at, in plain words. */
public record Check(String name, boolean passed, String detail) {

    static Check passed(String name, String detail) {
        return new Check(name, true, detail);
    }

    static Check failed(String name, String detail) {
        return new Check(name, false, detail);
    }
}
