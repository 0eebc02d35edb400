package dev.husk.snp.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The library that plays Linux's driver behind {@code /dev/sev-guest} for a process that has it in {@code LD_PRELOAD} and a
 * folder in {@code SEV_GUEST_SHIM}; its source says what the folder holds. For tests of other modules as well.
 */
public final class SevGuestShim {
    private SevGuestShim() {}

    /**
     * Compiles it.
     *
     * @param shim where to; the source is put beside it
     * @return why it cannot be, where there is no compiler or no header
     */
    public static Optional<String> compile(Path shim) throws IOException, InterruptedException {
        var source = shim.resolveSibling("sev_guest_shim.c");
        try (var resource = SevGuestShim.class.getResourceAsStream("sev_guest_shim.c")) {
            Files.copy(Objects.requireNonNull(resource), source);
        }
        String complaint;
        int status;
        try {
            var compiler = new ProcessBuilder(
                            "gcc", "-shared", "-fPIC", "-O1", "-o", shim.toString(), source.toString(), "-ldl")
                    .redirectErrorStream(true)
                    .start();
            complaint = new String(compiler.getInputStream().readAllBytes());
            status = compiler.waitFor();
        } catch (IOException e) {
            return Optional.of("no C compiler: " + e.getMessage());
        }
        if (complaint.contains("No such file or directory")) {
            return Optional.of(
                    "no kernel headers: " + complaint.lines().findFirst().orElse(""));
        }
        if (status != 0) {
            throw new IllegalStateException("the shim does not compile: " + complaint);
        }
        return Optional.empty();
    }
}
