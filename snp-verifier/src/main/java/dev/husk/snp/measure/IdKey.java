package dev.husk.snp.measure;

import dev.husk.snp.Bytes;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/** The public P-384 key of a guest's owner or author, in the processor's encoding (AMD 56860, ECDSA public key). */
public final class IdKey {
    /** Size of an encoded key, in bytes. */
    public static final int SIZE = 0x404;

    static final int SIGNATURE_SIZE = 0x200;

    private static final ECDomainParameters P384 = new ECDomainParameters(CustomNamedCurves.getByName("secp384r1"));
    private static final int P384_CODE = 2;
    private static final int X = 0x04;
    private static final int Y = 0x4C;
    private static final int RESERVED = 0x94;
    /** Bytes of a coordinate or of half a signature, little-endian; 48 of them count. */
    static final int NUMBER = 72;

    private final Bytes encoded;
    private final ECPublicKeyParameters key;

    private IdKey(Bytes encoded, ECPublicKeyParameters key) {
        this.encoded = encoded;
        this.key = key;
    }

    /** @throws IllegalArgumentException if {@code key} is not a point of P-384 */
    public static IdKey of(ECPublicKey key) {
        byte[] encoded = new byte[SIZE];
        encoded[0] = P384_CODE;
        var point = key.getW();
        if (point.getAffineX().bitLength() > 384 || point.getAffineY().bitLength() > 384) {
            throw new IllegalArgumentException("not a key of P-384");
        }
        putNumber(encoded, X, point.getAffineX());
        putNumber(encoded, Y, point.getAffineY());
        return new IdKey(Bytes.copyOf(encoded), point(point.getAffineX(), point.getAffineY()));
    }

    static IdKey parse(Bytes encoded, int base) throws MalformedIdBlockException {
        byte[] in = encoded.toArray();
        if (in[0] != P384_CODE || in[1] != 0 || in[2] != 0 || in[3] != 0) {
            throw IdAuth.malformed(base, "a key of another curve than P-384");
        }
        for (int i = RESERVED; i < SIZE; i++) {
            if (in[i] != 0) {
                throw IdAuth.malformed(base + i, "a reserved byte is not zero");
            }
        }
        try {
            return new IdKey(encoded, point(number(in, X), number(in, Y)));
        } catch (IllegalArgumentException e) {
            throw IdAuth.malformed(base + X, "not a point of P-384");
        }
    }

    private static ECPublicKeyParameters point(BigInteger x, BigInteger y) {
        var point = P384.getCurve().createPoint(x, y);
        return new ECPublicKeyParameters(P384.validatePublicPoint(point), P384);
    }

    /** The {@link #SIZE} bytes in the processor's encoding. */
    public Bytes encode() {
        return encoded;
    }

    /** SHA-384 of the encoding: what reports show as ID_KEY_DIGEST or AUTHOR_KEY_DIGEST. */
    public Bytes digest() {
        return Bytes.copyOf(sha384(encoded));
    }

    /** Whether this key signed {@code message}; a number out of range is no signature. */
    boolean signed(Bytes message, Bytes signature) {
        byte[] numbers = signature.toArray();
        var signer = new ECDSASigner();
        signer.init(false, key);
        return signer.verifySignature(sha384(message), number(numbers, 0), number(numbers, NUMBER));
    }

    static void putNumber(byte[] out, int at, BigInteger number) {
        byte[] bigEndian = number.toByteArray();
        for (int i = 0; i < Math.min(bigEndian.length, NUMBER); i++) {
            out[at + i] = bigEndian[bigEndian.length - 1 - i];
        }
    }

    private static BigInteger number(byte[] in, int at) {
        byte[] bigEndian = new byte[NUMBER];
        for (int i = 0; i < NUMBER; i++) {
            bigEndian[NUMBER - 1 - i] = in[at + i];
        }
        return new BigInteger(1, bigEndian);
    }

    private static byte[] sha384(Bytes message) {
        try {
            return MessageDigest.getInstance("SHA-384").digest(message.toArray());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IdKey that && encoded.equals(that.encoded);
    }

    @Override
    public int hashCode() {
        return encoded.hashCode();
    }

    /** The digest, in hex. */
    @Override
    public String toString() {
        return digest().toString();
    }
}
