package dev.husk.snp.simulator;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A software AMD-SP with its own ARK, ASK and VCEK, kept in a folder and made on first use. SIMULATED: certificates
 * say so in their names. Several processes may open one folder.
 */
public final class SimulatedProcessor {
    /** Bootloader 9, TEE 0, SNP 23, microcode 72, in Genoa's layout. */
    static final byte[] TCB = {9, 0, 0, 0, 0, 0, 23, 72};

    private static final String AMD = "1.3.6.1.4.1.3704.1.";
    private static final Duration LIFE = Duration.ofDays(25 * 365);

    private final Path folder;
    private final PrivateKey vcek;
    private final byte[] chipId;

    private SimulatedProcessor(Path folder, PrivateKey vcek, byte[] chipId) {
        this.folder = folder;
        this.vcek = vcek;
        this.chipId = chipId;
    }

    /** Opens the processor of a folder; makes its keys and certificates where there are none (about a second). */
    public static SimulatedProcessor open(Path folder) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (var lock = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = lock.lock()) {
            if (!held.isValid()) {
                throw new IOException("cannot lock " + folder);
            }
            // The key is written last, so a folder with it is complete.
            if (!Files.exists(folder.resolve("vcek.key"))) {
                create(folder);
            }
            var key = KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(folder.resolve("vcek.key"))));
            return new SimulatedProcessor(folder, key, Files.readAllBytes(folder.resolve("chip")));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("the simulated processor in " + folder + " is unusable: delete the folder", e);
        }
    }

    /** Starts a sandbox with a fresh report id. */
    public SimulatedSandbox launch(byte[] measurement, byte[] hostData, long policy) {
        return new SimulatedSandbox(vcek, chipId, measurement, hostData, policy);
    }

    /** VCEK, ASK and ARK, DER. */
    public List<byte[]> certificates() throws IOException {
        return List.of(
                Files.readAllBytes(folder.resolve("vcek.der")),
                Files.readAllBytes(folder.resolve("ask.der")),
                Files.readAllBytes(folder.resolve("ark.der")));
    }

    /** 64 bytes that name this chip. */
    public byte[] chipId() {
        return chipId.clone();
    }

    private static void create(Path folder) throws GeneralSecurityException, OperatorCreationException, IOException {
        var rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(4096);
        var ec = KeyPairGenerator.getInstance("EC");
        ec.initialize(new ECGenParameterSpec("secp384r1"));
        var ark = rsa.generateKeyPair();
        var ask = rsa.generateKeyPair();
        var vcek = ec.generateKeyPair();
        byte[] chip = new byte[64];
        new SecureRandom().nextBytes(chip);

        write(folder, "ark.der", sign(authority("ARK-SIMULATED", "ARK-SIMULATED", 1, ark), ark));
        write(folder, "ask.der", sign(authority("ARK-SIMULATED", "SEV-SIMULATED", 2, ask), ark));
        var leaf = builder("SEV-SIMULATED", "SEV-VCEK-SIMULATED", BigInteger.ZERO, vcek);
        extension(leaf, "1", new ASN1Integer(1));
        extension(leaf, "2", new DERIA5String("Genoa"));
        extension(leaf, "3.1", new ASN1Integer(TCB[0]));
        extension(leaf, "3.2", new ASN1Integer(TCB[1]));
        extension(leaf, "3.3", new ASN1Integer(TCB[6]));
        extension(leaf, "3.8", new ASN1Integer(TCB[7]));
        leaf.addExtension(new ASN1ObjectIdentifier(AMD + "4"), false, chip);
        write(folder, "vcek.der", sign(leaf, ask));
        write(folder, "chip", chip);
        write(folder, "vcek.key", vcek.getPrivate().getEncoded());
    }

    private static X509v3CertificateBuilder authority(String issuer, String subject, int serial, KeyPair keys)
            throws IOException {
        var builder = builder(issuer, subject, BigInteger.valueOf(serial), keys);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        return builder;
    }

    private static X509v3CertificateBuilder builder(String issuer, String subject, BigInteger serial, KeyPair keys) {
        var from = Instant.now().minus(Duration.ofDays(1));
        return new JcaX509v3CertificateBuilder(
                new X500Name("CN=" + issuer + ",O=Husk simulator"),
                serial,
                Date.from(from),
                Date.from(from.plus(LIFE)),
                new X500Name("CN=" + subject + ",O=Husk simulator"),
                keys.getPublic());
    }

    private static void extension(X509v3CertificateBuilder builder, String oid, ASN1Encodable value)
            throws IOException {
        builder.addExtension(new ASN1ObjectIdentifier(AMD + oid), false, value);
    }

    private static byte[] sign(X509v3CertificateBuilder builder, KeyPair issuer)
            throws OperatorCreationException, IOException {
        var pss = new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1);
        return builder.build(new JcaContentSignerBuilder("RSASSA-PSS", pss)
                        .setProvider(new BouncyCastleProvider())
                        .build(issuer.getPrivate()))
                .getEncoded();
    }

    private static void write(Path folder, String name, byte[] content) throws IOException {
        var next = Files.createTempFile(
                folder,
                name,
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(next, content);
        Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
