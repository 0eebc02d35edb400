package dev.husk.cli;

import dev.husk.snp.AttestationReport;
import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Bytes;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.Product;
import dev.husk.snp.TcbVersion;
import dev.husk.snp.kds.Collateral;
import dev.husk.snp.kds.CollateralException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Which chip is meant: the one that signed a report, or one that is named. */
final class SnpSubject {
    private static final Set<String> LEVELS = Set.of("bl", "tee", "snp", "ucode");

    @Option(names = "--report", paramLabel = "FILE", description = "A report of 1184 bytes that the chip signed.")
    private Optional<Path> report = Optional.empty();

    @Option(
            names = "--product",
            paramLabel = "NAME",
            description = "Milan, Genoa or Turin; reports of version 2 do not say it themselves.")
    private Optional<String> product = Optional.empty();

    @Option(names = "--chip", paramLabel = "HEX", description = "The chip id: 64 bytes, or 8 on Turin.")
    private Optional<String> chip = Optional.empty();

    @Option(
            names = "--tcb",
            paramLabel = "LEVELS",
            description = "The reported TCB: bl=4,tee=0,snp=24,ucode=219, and on Turin fmc=1 as well.")
    private Optional<String> tcb = Optional.empty();

    @Option(names = "--vlek", description = "Reports of the chip are signed by a VLEK: the chain is another one.")
    private boolean vlek;

    /**
     * What was named.
     *
     * @param leaf the certificate of the chip's key; empty where it cannot be fetched, or was not asked for
     */
    record Named(Product product, SigningKey key, Optional<Collateral> leaf) {}

    /** @param withLeaf whether the chip itself must be known, and not only its product */
    Named read(boolean withLeaf) throws CommandFailed, IOException {
        return report.isPresent() ? reported(report.get(), withLeaf) : named(withLeaf);
    }

    private Named reported(Path file, boolean withLeaf) throws CommandFailed, IOException {
        if (chip.isPresent() || tcb.isPresent() || vlek) {
            throw CommandFailed.unusable("the report says the chip, the TCB and the kind of key: "
                    + "give --report, or --chip, --tcb and --vlek");
        }
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(AttestationReport.SIZE + 1);
        }
        try {
            var encoded = Bytes.copyOf(bytes);
            boolean silent = bytes.length > 0 && bytes[0] == 2;
            if (silent && product.isEmpty()) {
                throw CommandFailed.unusable(
                        file + " is of version 2, which does not say its product: give --product Milan or Genoa");
            }
            var assumed = product.isEmpty() ? Product.MILAN : product();
            var parsed = AttestationReport.parse(encoded, assumed);
            if (product.isPresent() && parsed.product() != assumed) {
                throw CommandFailed.unusable(
                        "the report is of %s, not %s".formatted(parsed.product().label(), assumed.label()));
            }
            boolean fetched = withLeaf && parsed.signingKey() == SigningKey.VCEK;
            return new Named(
                    parsed.product(),
                    parsed.signingKey(),
                    fetched ? Optional.of(Collateral.endorsing(parsed)) : Optional.empty());
        } catch (MalformedReportException e) {
            throw CommandFailed.unusable(file + " is not a report: " + e.getMessage());
        } catch (CollateralException e) {
            throw CommandFailed.unusable(file + ": " + e.getMessage());
        }
    }

    private Named named(boolean withLeaf) throws CommandFailed {
        var named = product();
        if (!withLeaf || vlek) {
            return new Named(named, vlek ? SigningKey.VLEK : SigningKey.VCEK, Optional.empty());
        }
        if (chip.isEmpty() || tcb.isEmpty()) {
            throw CommandFailed.unusable("which chip? give --report FILE, or --chip and --tcb; "
                    + "with --chain or --crl the product is enough");
        }
        try {
            return new Named(
                    named,
                    SigningKey.VCEK,
                    Optional.of(Collateral.vcek(named, Bytes.fromHex(chip.get()), levels(tcb.get(), named))));
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable("--chip: " + e.getMessage());
        }
    }

    private Product product() throws CommandFailed {
        var name =
                product.orElseThrow(() -> CommandFailed.unusable("give --report FILE, or --product and what it needs"));
        return Product.of(name)
                .orElseThrow(() -> CommandFailed.unusable("there is no product '" + name + "': Milan, Genoa or Turin"));
    }

    private static TcbVersion levels(String text, Product product) throws CommandFailed {
        var levels = new HashMap<String, Integer>();
        for (var part : text.split(",", -1)) {
            var pair = part.strip().split("=", 2);
            if (pair.length != 2 || !pair[1].matches("[0-9]{1,3}") || Integer.parseInt(pair[1]) > 255) {
                throw CommandFailed.unusable("--tcb: '" + part + "' is not a name and a level from 0 to 255");
            }
            if (levels.put(pair[0], Integer.valueOf(pair[1])) != null) {
                throw CommandFailed.unusable("--tcb: " + pair[0] + " stands there twice");
            }
        }
        int fmc = 0;
        if (product == Product.TURIN) {
            fmc = level(levels, "fmc");
            levels.remove("fmc");
        }
        if (!levels.keySet().equals(LEVELS)) {
            throw CommandFailed.unusable("--tcb of " + product.label() + " names bl, tee, snp and ucode"
                    + (product == Product.TURIN ? ", and fmc" : ""));
        }
        return new TcbVersion(
                fmc, level(levels, "bl"), level(levels, "tee"), level(levels, "snp"), level(levels, "ucode"));
    }

    private static int level(Map<String, Integer> levels, String name) throws CommandFailed {
        var level = levels.get(name);
        if (level == null) {
            throw CommandFailed.unusable("--tcb: " + name + " is missing");
        }
        return level;
    }
}
