package dev.husk.cli;

import dev.husk.snp.Bytes;
import dev.husk.snp.measure.MalformedFirmwareException;
import dev.husk.snp.measure.Ovmf;
import dev.husk.snp.measure.Svsm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The images that a guest starts in. */
final class FirmwareOptions {
    /** Several times as much as any firmware has; a file above it was named by mistake. */
    private static final int LARGEST = 64 << 20;

    @Option(
            names = "--ovmf",
            paramLabel = "FILE",
            required = true,
            description = "The firmware: OVMF.fd, or OVMF_CODE.fd of a pair.")
    private Path ovmf;

    @Option(
            names = "--ovmf-hash",
            paramLabel = "HEX",
            description = "Digest of the firmware, as --mode ovmf-hash prints it, believed in place of the bytes of "
                    + "--ovmf; that file then gives the layout alone.")
    private Optional<String> hash = Optional.empty();

    @Option(
            names = "--svsm",
            paramLabel = "FILE",
            description = "COCONUT-SVSM below the firmware; needs --ovmf-vars or --ovmf-vars-size.")
    private Optional<Path> svsm = Optional.empty();

    @Option(names = "--ovmf-vars", paramLabel = "FILE", description = "OVMF_VARS.fd of the pair: its size counts.")
    private Optional<Path> variables = Optional.empty();

    @Option(
            names = "--ovmf-vars-size",
            paramLabel = "BYTES",
            converter = UnsignedNumber.class,
            description = "The size itself, such as 540672.")
    private Optional<Long> variablesSize = Optional.empty();

    Path name() {
        return ovmf;
    }

    Ovmf ovmf() throws CommandFailed, IOException {
        try {
            return Ovmf.parse(read(ovmf));
        } catch (MalformedFirmwareException e) {
            throw CommandFailed.unusable(ovmf + ": " + e.getMessage());
        }
    }

    Optional<Svsm> svsm() throws CommandFailed, IOException {
        if (svsm.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Svsm.parse(read(svsm.get())));
        } catch (MalformedFirmwareException e) {
            throw CommandFailed.unusable(svsm.get() + ": " + e.getMessage());
        }
    }

    boolean underSvsm() {
        return svsm.isPresent();
    }

    /** What stands for the firmware's bytes, if anything does. */
    Optional<Bytes> hash() throws CommandFailed {
        if (hash.isEmpty()) {
            return Optional.empty();
        }
        if (!hash.get().matches("[0-9a-fA-F]{96}")) {
            throw CommandFailed.unusable("--ovmf-hash has 96 hex digits");
        }
        return Optional.of(Bytes.fromHex(hash.get()));
    }

    long variablesSize() throws CommandFailed, IOException {
        if (variables.isPresent() == variablesSize.isPresent()) {
            throw CommandFailed.unusable(
                    "with --svsm the size of the firmware's variables counts: give --ovmf-vars or --ovmf-vars-size");
        }
        return variables.isPresent() ? Files.size(variables.get()) : variablesSize.get();
    }

    void requireNoSvsm(String mode) throws CommandFailed {
        if (svsm.isPresent() || variables.isPresent() || variablesSize.isPresent()) {
            throw CommandFailed.unusable("--svsm and --ovmf-vars do not go with " + mode);
        }
    }

    void requireNoHash(String mode) throws CommandFailed {
        if (hash.isPresent()) {
            throw CommandFailed.unusable("--ovmf-hash does not go with " + mode);
        }
    }

    private static Bytes read(Path file) throws CommandFailed, IOException {
        try (var in = open(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw CommandFailed.unusable(file + " has more than 64 MiB, which no firmware has");
            }
            return Bytes.copyOf(bytes);
        }
    }

    /** Opens a file to measure; what reading a folder says names no file. */
    static InputStream open(Path file) throws CommandFailed, IOException {
        if (Files.isDirectory(file)) {
            throw CommandFailed.unusable(file + " is a folder");
        }
        return Files.newInputStream(file);
    }
}
