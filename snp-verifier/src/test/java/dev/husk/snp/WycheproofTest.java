package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.junit.jupiter.api.Test;

/**
 * Wycheproof's cases through the two keys that verify reports and certificates. A report has room for two numbers of
 * fixed length, so an encoding that does not say two numbers never gets as far as the key; each such case must be
 * invalid, and all others go to the key. None of these sets has a case that is merely acceptable.
 */
class WycheproofTest {

    record Case(int id, String comment, PublicKey key, byte[] message, byte[] signature, String result) {
        boolean valid() {
            assertThat(result).isIn("valid", "invalid");
            return result.equals("valid");
        }

        String name() {
            return "case %d, %s".formatted(id, comment);
        }
    }

    record Scalars(BigInteger r, BigInteger s) {}

    @Test
    void ecdsaOnP384ComesOutAsTheSetSays() throws Exception {
        int decoded = 0;
        for (var one : cases("ecdsa_secp384r1_sha384_test.json", "EC", 504)) {
            var scalars = der(one.signature());
            decoded += scalars.isPresent() ? 1 : 0;
            assertThat(scalars.isPresent() && verified(one, scalars.get()))
                    .as(one.name())
                    .isEqualTo(one.valid());
        }
        assertThat(decoded).as("cases that the key itself judged").isGreaterThan(250);
    }

    @Test
    void ecdsaWithPlainNumbersComesOutAsTheSetSays() throws Exception {
        int decoded = 0;
        for (var one : cases("ecdsa_secp384r1_sha384_p1363_test.json", "EC", 280)) {
            boolean verified = false;
            if (one.signature().length == 96) {
                decoded++;
                verified = verified(
                        one,
                        new Scalars(
                                new BigInteger(1, Arrays.copyOf(one.signature(), 48)),
                                new BigInteger(1, Arrays.copyOfRange(one.signature(), 48, 96))));
            }
            assertThat(verified).as(one.name()).isEqualTo(one.valid());
        }
        assertThat(decoded).as("cases that the key itself judged").isGreaterThan(250);
    }

    @Test
    void rsaPssComesOutAsTheSetSays() throws Exception {
        for (var one : cases("rsa_pss_4096_sha384_mgf1_48_test.json", "RSA", 141)) {
            var key = AuthorityKey.of(one.key()).orElseThrow();
            assertThat(key.verify(one.message(), one.signature()))
                    .as(one.name())
                    .isEqualTo(one.valid());
        }
    }

    private static boolean verified(Case one, Scalars scalars) {
        var key = EndorsementKey.of((ECPublicKey) one.key()).orElseThrow();
        var hash = EndorsementKey.sha384().digest(one.message());
        return key.verify(hash, scalars.r(), scalars.s());
    }

    /** Empty unless these are two integers in DER; they may be negative, zero, or larger than any scalar. */
    private static Optional<Scalars> der(byte[] signature) {
        try {
            var sequence = ASN1Sequence.getInstance(signature);
            if (!Arrays.equals(sequence.getEncoded("DER"), signature) || sequence.size() != 2) {
                return Optional.empty();
            }
            return Optional.of(new Scalars(
                    ASN1Integer.getInstance(sequence.getObjectAt(0)).getValue(),
                    ASN1Integer.getInstance(sequence.getObjectAt(1)).getValue()));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static List<Case> cases(String file, String algorithm, int count) throws Exception {
        var set = Vectors.wycheproof(file);
        var all = new ArrayList<Case>();
        var hex = HexFormat.of();
        for (var element : set.getAsJsonArray("testGroups")) {
            var group = element.getAsJsonObject();
            var encoded = hex.parseHex(group.get("publicKeyDer").getAsString());
            var key = KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
            for (var test : group.getAsJsonArray("tests")) {
                JsonObject one = test.getAsJsonObject();
                all.add(new Case(
                        one.get("tcId").getAsInt(),
                        one.get("comment").getAsString(),
                        key,
                        hex.parseHex(one.get("msg").getAsString()),
                        hex.parseHex(one.get("sig").getAsString()),
                        one.get("result").getAsString()));
            }
        }
        assertThat(all).hasSize(count);
        return all;
    }
}
