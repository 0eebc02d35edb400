package dev.husk.protocol.kbs;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/**
 * The flattened JWE in which secrets travel to a sandbox (RFC 7516, 7518), with A256GCM.
 *
 * <p>The header's bytes are a template: the guest writes the header anew and uses that as associated data, so other
 * orders of members do not open there.
 */
public final class Jwe {
    static final String ECDH = "ECDH-ES+A256KW";
    static final String OAEP = "RSA-OAEP-256";

    private static final int MAX_HEADER = 2048;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Jwe() {}

    /** Wraps {@code secret} to {@code key}; every call uses a fresh content key and, for EC, a fresh ephemeral key. */
    public static JsonObject seal(TeeKey key, byte[] secret) {
        byte[] cek = new byte[32];
        byte[] iv = new byte[12];
        RANDOM.nextBytes(cek);
        RANDOM.nextBytes(iv);
        try {
            if (key.key() instanceof ECPublicKey ec) {
                var curve =
                        TeeKey.Curve.ofSize(ec.getParams().getCurve().getField().getFieldSize());
                return sealEc(ec, TeeKey.generate(curve), cek, iv, secret);
            }
            var cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key.key(), oaep());
            return seal("{\"alg\":\"RSA-OAEP-256\",\"enc\":\"A256GCM\"}", cipher.doFinal(cek), cek, iv, secret);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot wrap to a checked key", e);
        } finally {
            Arrays.fill(cek, (byte) 0);
        }
    }

    static JsonObject sealEc(ECPublicKey key, KeyPair ephemeral, byte[] cek, byte[] iv, byte[] secret)
            throws GeneralSecurityException {
        var epk = TeeKey.of((ECPublicKey) ephemeral.getPublic()).jwk();
        var header =
                "{\"alg\":\"%s\",\"enc\":\"A256GCM\",\"epk\":{\"crv\":\"%s\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}}"
                        .formatted(
                                ECDH,
                                epk.get("crv").getAsString(),
                                epk.get("x").getAsString(),
                                epk.get("y").getAsString());
        byte[] kek = kek(ephemeral.getPrivate(), key);
        try {
            var wrap = Cipher.getInstance("AESWrap");
            wrap.init(Cipher.WRAP_MODE, new SecretKeySpec(kek, "AES"));
            return seal(header, wrap.wrap(new SecretKeySpec(cek, "AES")), cek, iv, secret);
        } finally {
            Arrays.fill(kek, (byte) 0);
        }
    }

    private static JsonObject seal(String header, byte[] encryptedKey, byte[] cek, byte[] iv, byte[] secret)
            throws GeneralSecurityException {
        var protectedHeader = Base64Url.encode(header.getBytes(StandardCharsets.UTF_8));
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(cek, "AES"), new GCMParameterSpec(128, iv));
        cipher.updateAAD(protectedHeader.getBytes(StandardCharsets.US_ASCII));
        byte[] sealed = cipher.doFinal(secret);
        int length = sealed.length - 16;
        var jwe = new JsonObject();
        jwe.addProperty("protected", protectedHeader);
        jwe.addProperty("encrypted_key", Base64Url.encode(encryptedKey));
        jwe.addProperty("iv", Base64Url.encode(iv));
        jwe.addProperty("ciphertext", Base64Url.encode(Arrays.copyOf(sealed, length)));
        jwe.addProperty("tag", Base64Url.encode(Arrays.copyOfRange(sealed, length, sealed.length)));
        return jwe;
    }

    /**
     * Opens what was sealed to {@code keys}.
     *
     * @throws JweException if it is malformed, changed, or for another key; the message does not say which
     */
    public static byte[] open(KeyPair keys, JsonObject jwe) throws JweException {
        try {
            var protectedHeader = text(jwe, "protected");
            var header =
                    Json.parse(Base64Url.decode(protectedHeader), MAX_HEADER).getAsJsonObject();
            if (!text(header, "enc").equals("A256GCM")) {
                throw new JweException();
            }
            byte[] cek = contentKey(keys, header, Base64Url.decode(text(jwe, "encrypted_key")));
            byte[] iv = Base64Url.decode(text(jwe, "iv"));
            byte[] ciphertext = Base64Url.decode(text(jwe, "ciphertext"));
            byte[] tag = Base64Url.decode(text(jwe, "tag"));
            if (cek.length != 32 || iv.length != 12 || tag.length != 16) {
                throw new JweException();
            }
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(cek, "AES"), new GCMParameterSpec(128, iv));
            Arrays.fill(cek, (byte) 0);
            cipher.updateAAD(protectedHeader.getBytes(StandardCharsets.US_ASCII));
            return cipher.doFinal(ByteBuffer.allocate(ciphertext.length + 16)
                    .put(ciphertext)
                    .put(tag)
                    .array());
        } catch (GeneralSecurityException
                | MalformedJsonException
                | IllegalArgumentException
                | IllegalStateException e) {
            throw new JweException();
        }
    }

    private static byte[] contentKey(KeyPair keys, JsonObject header, byte[] encryptedKey)
            throws GeneralSecurityException, JweException {
        if (keys.getPublic() instanceof ECPublicKey own && text(header, "alg").equals(ECDH)) {
            var epk = header.getAsJsonObject("epk");
            if (epk == null) {
                throw new JweException();
            }
            var jwk = epk.deepCopy();
            jwk.addProperty("alg", ECDH);
            var ephemeral = (ECPublicKey) TeeKey.parse(jwk).key();
            if (!ephemeral.getParams().getCurve().equals(own.getParams().getCurve())) {
                throw new JweException();
            }
            byte[] kek = kek(keys.getPrivate(), ephemeral);
            var unwrap = Cipher.getInstance("AESWrap");
            unwrap.init(Cipher.UNWRAP_MODE, new SecretKeySpec(kek, "AES"));
            Arrays.fill(kek, (byte) 0);
            return unwrap.unwrap(encryptedKey, "AES", Cipher.SECRET_KEY).getEncoded();
        }
        if (!(keys.getPublic() instanceof ECPublicKey) && text(header, "alg").equals(OAEP)) {
            var cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
            cipher.init(Cipher.DECRYPT_MODE, keys.getPrivate(), oaep());
            return cipher.doFinal(encryptedKey);
        }
        throw new JweException();
    }

    /** Concat KDF (NIST SP 800-56A) with SHA-256, one block, as RFC 7518 section 4.6.2 fills it in. */
    static byte[] kek(PrivateKey own, PublicKey other) throws GeneralSecurityException {
        var agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(own);
        agreement.doPhase(other, true);
        byte[] z = agreement.generateSecret();
        byte[] algorithm = ECDH.getBytes(StandardCharsets.US_ASCII);
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update(new byte[] {0, 0, 0, 1});
        digest.update(z);
        digest.update(ByteBuffer.allocate(4).putInt(algorithm.length).array());
        digest.update(algorithm);
        digest.update(new byte[8]);
        Arrays.fill(z, (byte) 0);
        return digest.digest(ByteBuffer.allocate(4).putInt(256).array());
    }

    private static OAEPParameterSpec oaep() {
        return new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
    }

    private static String text(JsonObject object, String member) throws JweException {
        if (object.get(member) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw new JweException();
    }
}
