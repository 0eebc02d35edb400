package dev.husk.benchmark.gateway;

import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.kbs.Jwe;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.snp.simulator.SimulatedProcessor;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/**
 * The cryptography that no gateway could leave out of one cycle, and nothing around it: the report's P-384 signature is
 * verified; the token is signed and verified (ES256); the sandbox's and the caller's statements are verified and two
 * checkpoints signed (Ed25519), one for the binding and one for the release; the log keys of two events and three data
 * keys are opened and two events sealed (AES-256-GCM); the release is sealed to the sandbox (JWE). For one thread.
 */
final class BareCycle {
    private static final int SIGNED = 0x2A0;
    private static final int KEY_COLUMNS = 5;
    private static final int EVENT_COLUMNS = 2;
    private static final int EVENT_BYTES = 700;
    private static final int RELEASE_BYTES = 4096;
    private static final int IV = 12;
    private static final int TAG_BITS = 128;

    private final byte[] report;
    private final BigInteger r;
    private final BigInteger s;
    private final ECPublicKeyParameters endorsement;
    private final KeyPair token = TeeKey.generate();
    private final TeeKey sandbox = TeeKey.of((ECPublicKey) TeeKey.generate().getPublic());
    private final PartySigner signer = PartySigner.generate();
    private final byte[] statement = new byte[EVENT_BYTES];
    private final byte[] signature = signer.sign(statement);
    private final SecretKeySpec stateKey = new SecretKeySpec(new byte[32], "AES");
    private final byte[] sealedKey;
    private long column = 1;

    BareCycle(SimulatedProcessor processor) throws GeneralSecurityException {
        byte[] whole = processor.launch(new byte[48], new byte[32], 0).report(new byte[64]);
        report = Arrays.copyOf(whole, SIGNED);
        r = scalar(whole, SIGNED);
        s = scalar(whole, SIGNED + 72);
        var certificate = CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(processor.certificates().get(0)));
        var point = ((ECPublicKey) certificate.getPublicKey()).getW();
        var curve = new ECDomainParameters(CustomNamedCurves.getByName("secp384r1"));
        endorsement =
                new ECPublicKeyParameters(curve.getCurve().createPoint(point.getAffineX(), point.getAffineY()), curve);
        sealedKey = gcm(Cipher.ENCRYPT_MODE, new byte[IV], new byte[32]);
    }

    /** One cycle's worth; how many signatures of the four that are verified were valid. */
    int run() throws GeneralSecurityException {
        int valid = 0;
        var verifier = new ECDSASigner();
        verifier.init(false, endorsement);
        valid += verifier.verifySignature(MessageDigest.getInstance("SHA-384").digest(report), r, s) ? 1 : 0;

        var es256 = Signature.getInstance("SHA256withECDSAinP1363Format");
        es256.initSign(token.getPrivate());
        es256.update(statement);
        byte[] issued = es256.sign();
        es256.initVerify(token.getPublic());
        es256.update(statement);
        valid += es256.verify(issued) ? 1 : 0;

        for (int i = 0; i < 2; i++) {
            valid += signer.key().verify(statement, signature) ? 1 : 0;
            signer.sign(statement);
        }
        for (int i = 0; i < KEY_COLUMNS; i++) {
            gcm(Cipher.DECRYPT_MODE, new byte[IV], sealedKey);
        }
        for (int i = 0; i < EVENT_COLUMNS; i++) {
            gcm(Cipher.ENCRYPT_MODE, fresh(), new byte[EVENT_BYTES]);
        }
        Jwe.seal(sandbox, new byte[RELEASE_BYTES]);
        return valid;
    }

    /** Processor time of one cycle in milliseconds, from as many as fit into {@code time}, and at least one. */
    double milliseconds(Duration time) throws GeneralSecurityException {
        var threads = ManagementFactory.getThreadMXBean();
        long end = System.nanoTime() + time.toNanos();
        long before = threads.getCurrentThreadCpuTime();
        int cycles = 0;
        do {
            run();
            cycles++;
        } while (System.nanoTime() - end < 0);
        return (threads.getCurrentThreadCpuTime() - before) / 1e6 / cycles;
    }

    private byte[] gcm(int mode, byte[] iv, byte[] text) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, stateKey, new GCMParameterSpec(TAG_BITS, iv));
        cipher.updateAAD(new byte[32]);
        return cipher.doFinal(text);
    }

    /** Never the same twice under one key, which the JDK would refuse. */
    private byte[] fresh() {
        byte[] iv = new byte[IV];
        java.nio.ByteBuffer.wrap(iv).putLong(column++);
        return iv;
    }

    /** A little-endian integer of 72 bytes. */
    private static BigInteger scalar(byte[] report, int offset) {
        byte[] bigEndian = new byte[72];
        for (int i = 0; i < 72; i++) {
            bigEndian[71 - i] = report[offset + i];
        }
        return new BigInteger(1, bigEndian);
    }
}
