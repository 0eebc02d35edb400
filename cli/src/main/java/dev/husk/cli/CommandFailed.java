package dev.husk.cli;

/** A command that could not do what it was asked. The message is the one line a user sees: what, why, what to do. */
final class CommandFailed extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private CommandFailed(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** The answer is no: a refusal, a failed verification. */
    static CommandFailed refused(String message) {
        return new CommandFailed(ExitCodes.REFUSED, message);
    }

    /** The input cannot be used. */
    static CommandFailed unusable(String message) {
        return new CommandFailed(ExitCodes.UNUSABLE, message);
    }

    /** A server does not answer, or not as it should. */
    static CommandFailed unreachable(String message) {
        return new CommandFailed(ExitCodes.UNREACHABLE, message);
    }

    /** The same failure with what it left behind. */
    CommandFailed with(String consequence) {
        return new CommandFailed(exitCode, getMessage() + consequence);
    }

    int exitCode() {
        return exitCode;
    }
}
