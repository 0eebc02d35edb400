package dev.husk.cli;

import dev.husk.cli.terminal.Terminal;
import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;

/** Why a server's certificate was not believed, where that is what ended a connection: before anything was sent. */
final class CertificateProblem {
    private CertificateProblem() {}

    static Optional<String> of(IOException failure) {
        Optional<String> found = Optional.empty();
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth++ < 16; cause = cause.getCause()) {
            // The innermost says it best.
            if (cause instanceof CertificateExpiredException) {
                found = Optional.of("it has expired");
            } else if (cause instanceof CertificateNotYetValidException) {
                found = Optional.of("it is not valid yet");
            } else if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
                found = Optional.of("no authority that is trusted here vouches for it");
            } else if (cause instanceof CertificateException) {
                found = Optional.of(Terminal.printable(String.valueOf(cause.getMessage())));
            }
        }
        return found;
    }
}
