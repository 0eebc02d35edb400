package dev.husk.cli;

/** What {@code husk} exits with; documented in every command's help. */
final class ExitCodes {
    static final int OK = 0;
    static final int REFUSED = 1;
    static final int UNUSABLE = 2;
    static final int UNREACHABLE = 3;
    static final int BUG = 70;

    private ExitCodes() {}
}
