package dev.husk.runtime.load;

import java.io.IOException;
import java.nio.file.Path;

/** An action's code as the platform sent it, and the digest that contracts name it by. Nothing of it is loaded yet. */
public sealed interface ActionCode permits ActionArchive, ActionSource {

    /** {@code sha256:} and 64 hex digits, over the bytes of the jar or of the source. */
    String digest();

    /**
     * Writes the classes into {@code folder}, which only this process may write, and opens a class loader on them.
     *
     * @throws SourceErrorsException if it is source that does not compile
     */
    ActionLoader open(Path folder) throws IOException, SourceErrorsException;
}
