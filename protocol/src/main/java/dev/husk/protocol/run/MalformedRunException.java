package dev.husk.protocol.run;

/** Not an envelope, a statement or a proof in its format. The message says where, and is safe to show. */
public final class MalformedRunException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedRunException(String message) {
        super(message);
    }
}
