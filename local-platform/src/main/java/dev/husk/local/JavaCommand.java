package dev.husk.local;

import java.io.File;
import java.nio.file.Path;

/** The Java that runs this process, for the processes it starts. */
final class JavaCommand {
    private JavaCommand() {}

    static String java() {
        return home() + File.separator + "bin" + File.separator + "java";
    }

    static Path home() {
        return Path.of(System.getProperty("java.home"));
    }

    /** The feature release, such as 17. */
    static int release() {
        return Runtime.version().feature();
    }
}
