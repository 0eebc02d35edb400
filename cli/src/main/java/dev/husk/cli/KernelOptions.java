package dev.husk.cli;

import dev.husk.snp.measure.KernelHashes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The kernel that is booted directly, as QEMU's options of the same names. */
final class KernelOptions {
    @Option(names = "--kernel", paramLabel = "FILE", description = "What QEMU gets as -kernel.")
    private Optional<Path> kernel = Optional.empty();

    @Option(names = "--initrd", paramLabel = "FILE", description = "What QEMU gets as -initrd, if anything.")
    private Optional<Path> initrd = Optional.empty();

    @Option(
            names = "--append",
            paramLabel = "TEXT",
            description = "What QEMU gets as -append, to the last space; nothing is trimmed.")
    private Optional<String> append = Optional.empty();

    boolean isPresent() {
        return kernel.isPresent();
    }

    /** As it was given. */
    String append() {
        return append.orElse("");
    }

    void requireKernel() throws CommandFailed {
        if (kernel.isEmpty() && (initrd.isPresent() || append.isPresent())) {
            throw CommandFailed.unusable("--initrd and --append are measured with a kernel only: give --kernel");
        }
    }

    /** Reads the files, however long, in small steps. */
    KernelHashes hashes() throws CommandFailed, IOException {
        var text = append.orElse("");
        if (text.indexOf('\uFFFD') >= 0) {
            throw CommandFailed.unusable(
                    "--append did not arrive whole in this character set: set LC_ALL=C.UTF-8 and try again");
        }
        try (var image = FirmwareOptions.open(kernel.orElseThrow());
                var ramDisk = initrd.isPresent() ? FirmwareOptions.open(initrd.get()) : InputStream.nullInputStream()) {
            return KernelHashes.of(image, ramDisk, text);
        }
    }
}
