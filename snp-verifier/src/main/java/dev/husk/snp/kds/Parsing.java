package dev.husk.snp.kds;

import dev.husk.snp.Bytes;
import java.io.IOException;
import java.security.GeneralSecurityException;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;

/** The boundary to the libraries that read certificates. */
final class Parsing {
    private Parsing() {}

    /** Something of a library that reads what came from outside. */
    interface Step<T> {
        T run() throws IOException, GeneralSecurityException, MismatchException;
    }

    /**
     * Takes a step, and any failure of it for a refusal. The libraries answer structures that nobody foresaw with
     * whatever unchecked exception they run into, such as an index out of bounds.
     */
    static <T> T step(String refusal, Step<T> step) throws MismatchException {
        try {
            return step.run();
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new MismatchException(refusal);
        }
    }

    /** One value, and nothing after it. */
    static ASN1Primitive one(Bytes der) throws IOException {
        return ASN1Primitive.fromByteArray(der.toArray());
    }

    static boolean isDer(ASN1Encodable parsed, Bytes der) throws IOException {
        return Bytes.copyOf(parsed.toASN1Primitive().getEncoded(ASN1Encoding.DER))
                .equals(der);
    }
}
