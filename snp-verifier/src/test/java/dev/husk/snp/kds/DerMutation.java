package dev.husk.snp.kds;

import dev.husk.snp.Bytes;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;

/** Well-formed DER with a few parts left out, doubled, moved or replaced, the same for the same seed. */
final class DerMutation {
    private final Random random;
    private int left;

    DerMutation(long seed) {
        random = new Random(seed);
    }

    Bytes of(Bytes der) throws IOException {
        var tree = ASN1Primitive.fromByteArray(der.toArray());
        left = 1 + random.nextInt(2);
        return Bytes.copyOf(mutated(tree, 0).toASN1Primitive().getEncoded(ASN1Encoding.DER));
    }

    private ASN1Encodable mutated(ASN1Encodable node, int depth) {
        if (left > 0 && random.nextInt(12) == 0 && depth > 0) {
            left--;
            return replacement();
        }
        if (node instanceof ASN1TaggedObject tagged) {
            return new DERTaggedObject(
                    tagged.isExplicit(), tagged.getTagNo(), mutated(tagged.getBaseObject(), depth + 1));
        }
        if (node instanceof ASN1Sequence sequence) {
            return new DERSequence(children(List.of(sequence.toArray()), depth));
        }
        if (node instanceof ASN1Set set) {
            return new DERSet(children(List.of(set.toArray()), depth));
        }
        return node;
    }

    private ASN1EncodableVector children(List<ASN1Encodable> before, int depth) {
        var after = new ArrayList<ASN1Encodable>();
        before.forEach(child -> after.add(mutated(child, depth + 1)));
        if (left > 0 && !after.isEmpty() && random.nextInt(6) == 0) {
            left--;
            int which = random.nextInt(after.size());
            switch (random.nextInt(4)) {
                case 0 -> after.remove(which);
                case 1 -> after.add(after.get(which));
                case 2 -> after.subList(which, after.size()).clear();
                default -> after.add(random.nextInt(after.size()), after.remove(which));
            }
        }
        var vector = new ASN1EncodableVector();
        after.forEach(vector::add);
        return vector;
    }

    private ASN1Encodable replacement() {
        byte[] bytes = new byte[random.nextInt(70)];
        random.nextBytes(bytes);
        return switch (random.nextInt(8)) {
            case 0 -> DERNull.INSTANCE;
            case 1 -> new ASN1Integer(new BigInteger(random.nextInt(200), random).negate());
            case 2 -> new ASN1Integer(random.nextLong());
            case 3 -> new DEROctetString(bytes);
            case 4 -> new DERBitString(bytes, bytes.length == 0 ? 0 : random.nextInt(8));
            case 5 -> new DERUTF8String("text");
            case 6 -> new DERSequence();
            default -> new DERTaggedObject(random.nextInt(5), new DEROctetString(bytes));
        };
    }
}
