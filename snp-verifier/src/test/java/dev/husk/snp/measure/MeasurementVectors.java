package dev.husk.snp.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.snp.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The vectors' {@code snp/measurement}: what two other calculators say; each file names its source. */
final class MeasurementVectors {
    static final Path FOLDER =
            Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), "snp", "measurement");

    private MeasurementVectors() {}

    static JsonObject json(String file) throws IOException {
        assertThat(FOLDER)
                .as("test vectors (name their folder with -Dhusk.vectors=)")
                .exists();
        return JsonParser.parseString(Files.readString(FOLDER.resolve(file))).getAsJsonObject();
    }

    static Path file(String name) {
        return FOLDER.resolve("files").resolve(name);
    }

    static Bytes bytes(String name) throws IOException {
        return Bytes.copyOf(Files.readAllBytes(file(name)));
    }

    /** Firmware that measures a kernel (edk2's AmdSevX64), its last page. */
    static Ovmf amdSev() throws Exception {
        return Ovmf.parse(bytes("ovmf_AmdSev_suffix.bin"));
    }

    /** Firmware that does not (edk2's OvmfPkgX64), its last page. */
    static Ovmf ovmfX64() throws Exception {
        return Ovmf.parse(bytes("ovmf_OvmfX64_suffix.bin"));
    }

    /** Ends the test as skipped, and says so where a person reads it. */
    static void skip(String what, String why) {
        System.err.println("NOT RUN: " + what + ": " + why);
        Assumptions.abort(why);
    }

    /** One known answer. */
    record Case(String source, JsonObject json) {
        static List<Case> of(String file) throws IOException {
            var cases = new ArrayList<Case>();
            MeasurementVectors.json(file)
                    .getAsJsonArray("cases")
                    .forEach(one -> cases.add(new Case(file, one.getAsJsonObject())));
            return cases;
        }

        Optional<String> text(String name) {
            var value = json.get(name);
            return value == null || value.isJsonNull() ? Optional.empty() : Optional.of(value.getAsString());
        }

        String test() {
            return text("test").orElseThrow();
        }

        int vcpus() {
            return json.get("vcpus").getAsInt();
        }

        /** Files that the case needs and the folder lacks. */
        List<String> missing() {
            var missing = new ArrayList<String>();
            for (var member : List.of("ovmf", "kernel", "initrd", "svsm")) {
                text(member)
                        .filter(name -> !name.equals("EMPTY"))
                        .filter(name -> !Files.exists(file(name)))
                        .ifPresent(missing::add);
            }
            return missing;
        }

        Ovmf firmware() throws Exception {
            return Ovmf.parse(bytes(text("ovmf").orElseThrow()));
        }

        Optional<KernelHashes> kernel() throws IOException {
            if (text("kernel").isEmpty()) {
                return Optional.empty();
            }
            try (var kernel = open("kernel");
                    var initrd = open("initrd")) {
                return Optional.of(
                        KernelHashes.of(kernel, initrd, text("append").orElse("")));
            }
        }

        private InputStream open(String member) throws IOException {
            var name = text(member).orElse("EMPTY");
            return name.equals("EMPTY") ? new ByteArrayInputStream(new byte[0]) : Files.newInputStream(file(name));
        }

        @Override
        public String toString() {
            return source.substring(0, source.indexOf('.')) + " " + test();
        }
    }
}
