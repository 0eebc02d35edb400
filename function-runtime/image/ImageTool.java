import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** The two steps of {@code build} that need more than a shell. Both write the same bytes for the same input. */
final class ImageTool {
    private static final String USAGE = "usage: ImageTool trust-store PEM_FOLDER OUT | plain-jar JAR OUT";
    private static final Pattern LEFT_OUT = Pattern.compile(
            "META-INF/[^/]*\\.(SF|RSA|DSA|EC)|.*\\.(so|a|dll|lib|pdb|jnilib|dylib)|.*\\.dSYM/.*");
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    private ImageTool() {}

    public static void main(String... arguments) throws IOException, GeneralSecurityException {
        if (arguments.length != 3) {
            throw new IllegalArgumentException(USAGE);
        }
        var in = Path.of(arguments[1]);
        var out = Path.of(arguments[2]);
        switch (arguments[0]) {
            case "trust-store" -> trustStore(in, out);
            case "plain-jar" -> plainJar(in, out);
            default -> throw new IllegalArgumentException(USAGE);
        }
    }

    /** Java's own format for authorities, without a password: PKCS #12 without encryption and MAC, thus without salt. */
    private static void trustStore(Path folder, Path out) throws IOException, GeneralSecurityException {
        System.setProperty("keystore.pkcs12.certProtectionAlgorithm", "NONE");
        System.setProperty("keystore.pkcs12.macAlgorithm", "NONE");
        List<Path> files;
        try (var all = Files.walk(folder)) {
            files = all.filter(file -> file.toString().endsWith(".crt")).sorted().toList();
        }
        if (files.isEmpty()) {
            throw new IOException("no certificate in " + folder);
        }
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        var x509 = CertificateFactory.getInstance("X.509");
        for (var file : files) {
            try (var in = Files.newInputStream(file)) {
                var name = file.getFileName().toString();
                store.setCertificateEntry(
                        name.substring(0, name.length() - ".crt".length()), x509.generateCertificate(in));
            }
        }
        try (var stream = Files.newOutputStream(out)) {
            store.store(stream, null);
        }
    }

    /**
     * Leaves out signature files, since class-data archives take no class of a signed jar, and native code, which lies
     * unpacked in the image.
     */
    private static void plainJar(Path jar, Path out) throws IOException {
        try (var in = new ZipFile(jar.toFile());
                var zip = new ZipOutputStream(Files.newOutputStream(out))) {
            var entries = new ArrayList<>(Collections.list(in.entries()));
            for (var entry : entries) {
                if (!entry.isDirectory() && !LEFT_OUT.matcher(entry.getName()).matches()) {
                    copy(entry, in, zip);
                }
            }
        }
    }

    private static void copy(ZipEntry entry, ZipFile from, ZipOutputStream to) throws IOException {
        byte[] content;
        try (var stream = from.getInputStream(entry)) {
            content = stream.readAllBytes();
        }
        var crc = new CRC32();
        crc.update(content);
        var copy = new ZipEntry(entry.getName());
        copy.setMethod(ZipEntry.STORED);
        copy.setSize(content.length);
        copy.setCompressedSize(content.length);
        copy.setCrc(crc.getValue());
        copy.setTimeLocal(TIME);
        to.putNextEntry(copy);
        to.write(content);
        to.closeEntry();
    }
}
