package dev.husk.snp.measure;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/** Reads a P-384 key as OpenSSL writes it, PKCS #8 or SEC 1, with the public half computed from the private one. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN (EC |)PRIVATE KEY-----([^-]+)-----END (EC |)PRIVATE KEY-----");

    private Pem() {}

    static KeyPair p384(String text) throws Exception {
        var block = BLOCK.matcher(text);
        if (!block.find()) {
            throw new AssertionError("no private key in PEM");
        }
        byte[] der = Base64.getMimeDecoder().decode(block.group(2));
        return pair(block.group(1).isEmpty() ? pkcs8(der) : sec1(der));
    }

    private static BigInteger pkcs8(byte[] der) throws Exception {
        var key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        return ((ECPrivateKey) key).getS();
    }

    private static BigInteger sec1(byte[] der) {
        return org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(der).getKey();
    }

    static KeyPair pair(BigInteger secret) throws Exception {
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp384r1"));
        var curve = parameters.getParameterSpec(ECParameterSpec.class);
        var point =
                CustomNamedCurves.getByName("secp384r1").getG().multiply(secret).normalize();
        var factory = KeyFactory.getInstance("EC");
        return new KeyPair(
                (ECPublicKey) factory.generatePublic(new ECPublicKeySpec(
                        new ECPoint(
                                point.getAffineXCoord().toBigInteger(),
                                point.getAffineYCoord().toBigInteger()),
                        curve)),
                factory.generatePrivate(new ECPrivateKeySpec(secret, curve)));
    }
}
