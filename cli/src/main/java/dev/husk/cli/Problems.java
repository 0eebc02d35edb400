package dev.husk.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Words for what the operating system refuses. */
final class Problems {
    private Problems() {}

    static String of(Throwable problem) {
        if (problem instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
            return of(unchecked.getCause());
        }
        if (problem instanceof NoSuchFileException e) {
            return "no file " + e.getFile();
        }
        if (problem instanceof AccessDeniedException e) {
            return "may not read or write " + e.getFile();
        }
        if (problem instanceof FileAlreadyExistsException e) {
            return e.getFile() + " exists already";
        }
        if (problem instanceof FileSystemException e && e.getReason() != null) {
            return e.getFile() + ": " + e.getReason();
        }
        var message = problem.getMessage();
        if (problem instanceof IOException && message != null && message.contains("No space left on device")) {
            return "the disk is full";
        }
        return message == null ? problem.getClass().getSimpleName() : message;
    }
}
