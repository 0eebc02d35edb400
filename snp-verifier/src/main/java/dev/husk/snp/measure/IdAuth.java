package dev.husk.snp.measure;

import dev.husk.snp.Bytes;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Optional;

/**
 * Who stands behind an ID block (AMD 56860, ID_AUTH_INFO): the ID key and its signature of the block, and, where there
 * is one, the author key and its signature of the ID key.
 *
 * <p>Keys come along with their own signatures, so a good signature says only that the keys' holders meant this block;
 * whose they are is for the reader to know, by {@link IdKey#digest}. Immutable.
 */
public final class IdAuth {
    /** Size of the encoded information, in bytes. */
    public static final int SIZE = 0x1000;

    private static final int AUTHOR_ALGORITHM = 0x004;
    private static final int RESERVED_1 = 0x008;
    private static final int BLOCK_SIGNATURE = 0x040;
    private static final int ID_KEY = 0x240;
    private static final int RESERVED_2 = 0x644;
    private static final int ID_KEY_SIGNATURE = 0x680;
    private static final int AUTHOR_KEY = 0x880;
    private static final int RESERVED_3 = 0xC84;

    /** ECDSA over P-384 with SHA-384; 0 is none. */
    private static final int ECDSA_P384 = 1;

    private static final int HALF = 48;

    private record Author(IdKey key, Bytes idKeySignature) {}

    private final IdKey idKey;
    private final Bytes blockSignature;
    private final Optional<Author> author;

    private IdAuth(IdKey idKey, Bytes blockSignature, Optional<Author> author) {
        this.idKey = idKey;
        this.blockSignature = blockSignature;
        this.author = author;
    }

    /**
     * Signs a block with an ID key alone; QEMU then wants {@code author-key-enabled=off}.
     *
     * @param idKey of P-384; the private half may lie in a token
     * @throws InvalidKeyException if {@code idKey} is not a pair of P-384 that can sign
     */
    public static IdAuth sign(IdBlock block, KeyPair idKey) throws InvalidKeyException {
        var key = publicKey(idKey);
        return checked(new IdAuth(key, signature(block.encode(), idKey.getPrivate()), Optional.empty()), block);
    }

    /**
     * Signs a block with an ID key, and the ID key with an author key, so that one author can change ID keys.
     *
     * @throws InvalidKeyException if one of them is not a pair of P-384 that can sign
     */
    public static IdAuth sign(IdBlock block, KeyPair idKey, KeyPair authorKey) throws InvalidKeyException {
        var key = publicKey(idKey);
        var author = new Author(publicKey(authorKey), signature(key.encode(), authorKey.getPrivate()));
        return checked(new IdAuth(key, signature(block.encode(), idKey.getPrivate()), Optional.of(author)), block);
    }

    private static IdKey publicKey(KeyPair pair) throws InvalidKeyException {
        try {
            if (pair.getPublic() instanceof ECPublicKey key) {
                return IdKey.of(key);
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidKeyException("not a key of P-384", e);
        }
        throw new InvalidKeyException("not an EC key");
    }

    private static Bytes signature(Bytes message, PrivateKey key) throws InvalidKeyException {
        try {
            var signer = Signature.getInstance("SHA384withECDSAinP1363Format");
            signer.initSign(key);
            signer.update(message.toArray());
            byte[] halves = signer.sign();
            byte[] encoded = new byte[IdKey.SIGNATURE_SIZE];
            int half = halves.length / 2;
            IdKey.putNumber(encoded, 0, new BigInteger(1, Arrays.copyOf(halves, half)));
            IdKey.putNumber(encoded, IdKey.NUMBER, new BigInteger(1, Arrays.copyOfRange(halves, half, halves.length)));
            return Bytes.copyOf(encoded);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (SignatureException e) {
            throw new InvalidKeyException("the key does not sign", e);
        }
    }

    /** Halves that are no pair sign what no processor takes. */
    private static IdAuth checked(IdAuth auth, IdBlock block) throws InvalidKeyException {
        if (!auth.signs(block)) {
            throw new InvalidKeyException("the private key does not belong to the public key");
        }
        return auth;
    }

    /**
     * Decodes authentication information; the signatures are not checked, see {@link #signs}.
     *
     * @throws MalformedIdBlockException if {@code encoded} has the wrong size, an unknown algorithm, a key that is not
     *     a point of P-384, or a reserved byte that is not zero
     */
    public static IdAuth parse(Bytes encoded) throws MalformedIdBlockException {
        if (encoded.length() != SIZE) {
            throw malformed(
                    Math.min(encoded.length(), SIZE), "expected %d bytes, got %d".formatted(SIZE, encoded.length()));
        }
        var in = ByteBuffer.wrap(encoded.toArray()).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt(0) != ECDSA_P384) {
            throw malformed(0, "unknown algorithm of the ID key");
        }
        int authorAlgorithm = in.getInt(AUTHOR_ALGORITHM);
        if (authorAlgorithm != ECDSA_P384 && authorAlgorithm != 0) {
            throw malformed(AUTHOR_ALGORITHM, "unknown algorithm of the author key");
        }
        requireZero(encoded, RESERVED_1, BLOCK_SIGNATURE);
        requireZero(encoded, RESERVED_2, ID_KEY_SIGNATURE);
        requireZero(encoded, RESERVED_3, SIZE);
        var blockSignature = signatureAt(encoded, BLOCK_SIGNATURE);
        var idKey = IdKey.parse(encoded.slice(ID_KEY, IdKey.SIZE), ID_KEY);
        if (authorAlgorithm == 0) {
            requireZero(encoded, ID_KEY_SIGNATURE, RESERVED_3);
            return new IdAuth(idKey, blockSignature, Optional.empty());
        }
        var author = new Author(
                IdKey.parse(encoded.slice(AUTHOR_KEY, IdKey.SIZE), AUTHOR_KEY), signatureAt(encoded, ID_KEY_SIGNATURE));
        return new IdAuth(idKey, blockSignature, Optional.of(author));
    }

    private static Bytes signatureAt(Bytes encoded, int at) throws MalformedIdBlockException {
        requireZero(encoded, at + HALF, at + IdKey.NUMBER);
        requireZero(encoded, at + IdKey.NUMBER + HALF, at + IdKey.SIGNATURE_SIZE);
        return encoded.slice(at, IdKey.SIGNATURE_SIZE);
    }

    private static void requireZero(Bytes encoded, int from, int to) throws MalformedIdBlockException {
        for (int i = from; i < to; i++) {
            if (encoded.at(i) != 0) {
                throw malformed(i, "a reserved byte is not zero");
            }
        }
    }

    static MalformedIdBlockException malformed(int offset, String problem) {
        return new MalformedIdBlockException("ID authentication", offset, problem);
    }

    /** Whether every signature here is good: the ID key's of {@code block}, and the author key's, if any, of the ID key. */
    public boolean signs(IdBlock block) {
        return idKey.signed(block.encode(), blockSignature)
                && (author.isEmpty()
                        || author.get()
                                .key()
                                .signed(idKey.encode(), author.get().idKeySignature()));
    }

    /** Its digest is ID_KEY_DIGEST of the reports. */
    public IdKey idKey() {
        return idKey;
    }

    /** Its digest is AUTHOR_KEY_DIGEST of the reports; empty where the author key is not enabled. */
    public Optional<IdKey> authorKey() {
        return author.map(Author::key);
    }

    /** The {@link #SIZE} bytes that the processor gets; in base64, QEMU's {@code id-auth}. */
    public Bytes encode() {
        var out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0, ECDSA_P384);
        out.put(BLOCK_SIGNATURE, blockSignature.toArray());
        out.put(ID_KEY, idKey.encode().toArray());
        author.ifPresent(present -> {
            out.putInt(AUTHOR_ALGORITHM, ECDSA_P384);
            out.put(ID_KEY_SIGNATURE, present.idKeySignature().toArray());
            out.put(AUTHOR_KEY, present.key().encode().toArray());
        });
        return Bytes.copyOf(out.array());
    }
}
