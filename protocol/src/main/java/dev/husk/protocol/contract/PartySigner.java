package dev.husk.protocol.contract;

import dev.husk.protocol.contract.PartyKey.Algorithm;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * A party's signing key: Ed25519, or ES256. Closing it forgets the key; it is safe to share between threads until then.
 *
 * <p>The JDK may keep copies of key material that closing cannot wipe.
 */
public final class PartySigner implements AutoCloseable {
    private static final X9ECParameters P256 = CustomNamedCurves.getByName("secp256r1");

    /** What stands before the 32 bytes of the seed (RFC 8410), or of the scalar (RFC 5958 with RFC 5915). */
    private static final byte[] ED25519 = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private static final byte[] ES256 =
            HexFormat.of().parseHex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420");

    private final Algorithm algorithm;
    private final byte[] secret;
    private final PartyKey key;
    private volatile boolean closed;

    private PartySigner(Algorithm algorithm, byte[] secret, PartyKey key) {
        this.algorithm = algorithm;
        this.secret = secret;
        this.key = key;
    }

    /** A new Ed25519 key. */
    public static PartySigner generate() {
        byte[] seed = new byte[32];
        new SecureRandom().nextBytes(seed);
        return ed25519(seed);
    }

    /** A new key on P-256, as hardware tokens have them. */
    public static PartySigner generateEs256() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return es256(((ECPrivateKey) generator.generateKeyPair().getPrivate()).getS());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }

    private static PartySigner ed25519(byte[] seed) {
        return new PartySigner(
                Algorithm.EDDSA,
                seed,
                PartyKey.ed25519(new Ed25519PrivateKeyParameters(seed, 0)
                        .generatePublicKey()
                        .getEncoded()));
    }

    private static PartySigner es256(BigInteger scalar) {
        if (scalar.signum() <= 0 || scalar.compareTo(P256.getN()) >= 0) {
            throw new IllegalArgumentException("the scalar of an ES256 key is out of range");
        }
        byte[] secret = new byte[32];
        byte[] bytes = scalar.toByteArray();
        int length = Math.min(bytes.length, secret.length);
        System.arraycopy(bytes, bytes.length - length, secret, secret.length - length, length);
        Arrays.fill(bytes, (byte) 0);
        var point = new FixedPointCombMultiplier().multiply(P256.getG(), scalar).normalize();
        return new PartySigner(Algorithm.ES256, secret, PartyKey.es256(point.getEncoded(false)));
    }

    /**
     * Reads PKCS #8: Ed25519 of RFC 8410, or a key on P-256, with or without the public key beside it.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static PartySigner fromPkcs8(byte[] encoded) {
        if (encoded.length == ED25519.length + 32 && startsWith(encoded, ED25519)) {
            return ed25519(Arrays.copyOfRange(encoded, ED25519.length, encoded.length));
        }
        try {
            if (KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded))
                            instanceof ECPrivateKey ec
                    && ec.getParams().getCofactor() == 1
                    && ec.getParams().getOrder().equals(P256.getN())) {
                return es256(ec.getS());
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("neither an Ed25519 private key nor one on P-256", e);
        }
        throw new IllegalArgumentException("neither an Ed25519 private key nor one on P-256");
    }

    private static boolean startsWith(byte[] encoded, byte[] prefix) {
        return Arrays.equals(encoded, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** The key in PKCS #8; the caller wipes the array. */
    public byte[] pkcs8() {
        byte[] prefix = algorithm == Algorithm.EDDSA ? ED25519 : ES256;
        byte[] encoded = Arrays.copyOf(prefix, prefix.length + secret.length);
        System.arraycopy(open(), 0, encoded, prefix.length, secret.length);
        return encoded;
    }

    public PartyKey key() {
        return key;
    }

    /** 64 bytes: RFC 8032, or r and s (RFC 7518, 3.4). */
    public byte[] sign(byte[] message) {
        byte[] encoded = pkcs8();
        try {
            var keys = KeyFactory.getInstance(algorithm == Algorithm.EDDSA ? "Ed25519" : "EC");
            var signature = Signature.getInstance(algorithm.jca);
            signature.initSign(keys.generatePrivate(new PKCS8EncodedKeySpec(encoded)));
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 and ECDSA are a part of every JDK since 15", e);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private byte[] open() {
        if (closed) {
            throw new IllegalStateException("the signer is closed");
        }
        return secret;
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(secret, (byte) 0);
    }

    @Override
    public String toString() {
        return "PartySigner";
    }
}
