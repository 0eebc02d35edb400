package dev.husk.snp;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.util.Optional;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/** A public key on P-384: what verifies the signatures of reports, with SHA-384. Safe to share between threads. */
final class EndorsementKey {
    private static final ECDomainParameters P384 = new ECDomainParameters(CustomNamedCurves.getByName("secp384r1"));

    private final ECPublicKeyParameters key;

    private EndorsementKey(ECPublicKeyParameters key) {
        this.key = key;
    }

    /** Empty for a key of another curve, and for a point that is not on P-384. */
    static Optional<EndorsementKey> of(ECPublicKey key) {
        var given = key.getParams().getCurve();
        var curve = P384.getCurve();
        if (!(given.getField() instanceof ECFieldFp field)
                || !field.getP().equals(curve.getField().getCharacteristic())
                || !given.getA().equals(curve.getA().toBigInteger())
                || !given.getB().equals(curve.getB().toBigInteger())) {
            return Optional.empty();
        }
        try {
            var point = curve.createPoint(key.getW().getAffineX(), key.getW().getAffineY());
            return Optional.of(new EndorsementKey(new ECPublicKeyParameters(P384.validatePublicPoint(point), P384)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether the key signed the report's first 0x2A0 bytes; r and s are little-endian (AMD 56860, table 139). */
    boolean signed(Bytes report) {
        var message = report.asBuffer().limit(AttestationReport.SIGNED);
        var hash = sha384();
        hash.update(message);
        return verify(
                hash.digest(), scalar(report, AttestationReport.SIGNED), scalar(report, AttestationReport.SIGNED + 72));
    }

    /** A scalar out of range proves nothing, so it counts as unsigned. */
    boolean verify(byte[] hash, BigInteger r, BigInteger s) {
        if (!inRange(r) || !inRange(s)) {
            return false;
        }
        var signer = new ECDSASigner();
        signer.init(false, key);
        return signer.verifySignature(hash, r, s);
    }

    private static boolean inRange(BigInteger scalar) {
        return scalar.signum() > 0 && scalar.compareTo(P384.getN()) < 0;
    }

    private static BigInteger scalar(Bytes report, int offset) {
        byte[] bigEndian = new byte[72];
        for (int i = 0; i < 72; i++) {
            bigEndian[71 - i] = (byte) report.at(offset + i);
        }
        return new BigInteger(1, bigEndian);
    }

    static MessageDigest sha384() {
        try {
            return MessageDigest.getInstance("SHA-384");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-384", e);
        }
    }
}
