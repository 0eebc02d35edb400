package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The given vectors: real reports, AMD's authorities and lists, Wycheproof; their README says where each came from. */
final class Vectors {
    private static final Path ROOT = Path.of(System.getProperty("husk.vectors", "../../shared/vectors"));
    private static final Path SNP = ROOT.resolve("snp");

    private Vectors() {}

    /** A folder with {@code report.bin}, a certificate where one is public, and {@code expected.json}. */
    record Vector(Path folder) {
        Bytes report() {
            return read(folder.resolve("report.bin"));
        }

        JsonObject expected() {
            return json(folder.resolve("expected.json"));
        }

        /** What the report says, as other people's parsers read it. */
        JsonObject parsed() {
            return expected().getAsJsonObject("parsed");
        }

        /** Whether the signature chain is good, where that is known. */
        Optional<Boolean> signed() {
            var says = expected().get("signature").getAsString();
            return says.startsWith("unknown") ? Optional.empty() : Optional.of(says.startsWith("valid"));
        }

        /** The VCEK or VLEK. */
        Optional<Bytes> leaf() {
            return Stream.of("vcek.der", "vlek.der")
                    .map(folder::resolve)
                    .filter(Files::exists)
                    .map(Vectors::read)
                    .findFirst();
        }

        /** The leaf, and every authority of AMD's. */
        List<Bytes> certificates() {
            var all = new ArrayList<Bytes>();
            leaf().ifPresent(all::add);
            all.addAll(authorities());
            return all;
        }

        /** The product that the report names, or else its certificate's issuer. */
        Product product() throws Exception {
            var leaf = ParsedCertificate.parse(leaf().orElseThrow());
            var name = leaf.x509().getIssuerX500Principal().getName();
            for (var product : Product.values()) {
                if (name.contains(product.label())) {
                    return product;
                }
            }
            throw new AssertionError(name);
        }

        @Override
        public String toString() {
            return String.valueOf(folder.getFileName());
        }
    }

    static List<Vector> reports() {
        assertThat(SNP)
                .as("test vectors (name their folder with -Dhusk.vectors=)")
                .exists();
        var all = list(SNP.resolve("reports")).stream().map(Vector::new).toList();
        assertThat(all).hasSizeGreaterThan(20);
        return all;
    }

    /** Those whose endorsement certificate is public. */
    static List<Vector> certified() {
        var all = reports().stream().filter(v -> v.leaf().isPresent()).toList();
        assertThat(all).hasSizeGreaterThan(20);
        return all;
    }

    static List<Vector> genuine() {
        var all = certified().stream().filter(v -> v.signed().orElse(false)).toList();
        assertThat(all).hasSizeGreaterThan(20);
        return all;
    }

    static Vector report(String id) {
        return new Vector(SNP.resolve("reports").resolve(id));
    }

    /** A Milan of version 3, certified by a VCEK. */
    static Vector milan() {
        return report("00d244d8d4");
    }

    /** A Turin of version 5. */
    static Vector turin() {
        return report("067d21b829");
    }

    /** A Genoa of version 3. */
    static Vector genoa() {
        return report("5c6404ed42");
    }

    /** A Milan of version 3, certified by a VLEK that ended on 2025-12-10. */
    static Vector vlek() {
        return report("38ca4837de");
    }

    /** AMD's ARK, ASK and ASVK certificates. */
    static List<Bytes> authorities() {
        return list(SNP.resolve("amd-ca")).stream()
                .filter(file -> file.toString().endsWith(".der"))
                .map(Vectors::read)
                .toList();
    }

    /** Such as {@code SEV-Milan}. */
    static Bytes authority(String name) {
        return read(SNP.resolve("amd-ca").resolve(name + ".der"));
    }

    static Bytes revocationList(String name) {
        return read(SNP.resolve("amd-ca/crl").resolve(name + ".crl"));
    }

    static JsonObject wycheproof(String name) {
        return json(ROOT.resolve("wycheproof").resolve(name));
    }

    private static Bytes read(Path file) {
        try {
            return Bytes.copyOf(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonObject json(Path file) {
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Path> list(Path folder) {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
