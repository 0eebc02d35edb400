package dev.husk.snp;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Optional;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * An RSA-4096 key of AMD's: what verifies certificates and revocation lists, by RSA-PSS with SHA-384, MGF1 over
 * SHA-384 and a salt of 48 bytes (AMD 57230). Nothing that a certificate says about parameters is used to verify it.
 */
record AuthorityKey(RSAPublicKey key) {
    private static final int BITS = 4096;
    private static final AlgorithmParameterSpec PSS =
            new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, PSSParameterSpec.TRAILER_FIELD_BC);

    /** Empty for a key of another kind or size. */
    static Optional<AuthorityKey> of(PublicKey key) {
        return key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() == BITS
                ? Optional.of(new AuthorityKey(rsa))
                : Optional.empty();
    }

    boolean verify(byte[] message, byte[] signature) {
        try {
            var verifier = Signature.getInstance("RSASSA-PSS");
            verifier.setParameter(PSS);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (SignatureException | InvalidKeyException e) {
            return false; // of a wrong length, or a key that RSA cannot use
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK verifies RSASSA-PSS", e);
        }
    }

    /** Whether a signature says that it was made in the one way that counts here. */
    static boolean isPss384(AlgorithmIdentifier algorithm) {
        if (!algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
            return false;
        }
        try {
            var parameters = RSASSAPSSparams.getInstance(algorithm.getParameters());
            return parameters != null
                    && parameters.getHashAlgorithm().getAlgorithm().equals(NISTObjectIdentifiers.id_sha384)
                    && isMgf1Sha384(parameters.getMaskGenAlgorithm())
                    && parameters.getSaltLength().intValueExact() == 48
                    && parameters.getTrailerField().intValueExact() == 1;
        } catch (IllegalArgumentException | ArithmeticException e) {
            return false;
        }
    }

    private static boolean isMgf1Sha384(AlgorithmIdentifier mask) {
        var hash = AlgorithmIdentifier.getInstance(mask.getParameters());
        return mask.getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)
                && hash != null
                && hash.getAlgorithm().equals(NISTObjectIdentifiers.id_sha384);
    }
}
