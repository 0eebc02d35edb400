package dev.husk.gateway;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;

/** Signs statements with ES256, as a party's hardware token does. */
final class HardwareToken {
    private final KeyPair pair;

    HardwareToken() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        pair = generator.generateKeyPair();
    }

    /** As contracts have it. */
    String key() {
        byte[] point = new byte[65];
        point[0] = 4;
        var w = ((ECPublicKey) pair.getPublic()).getW();
        fixed(w.getAffineX(), point, 1);
        fixed(w.getAffineY(), point, 33);
        return "es256:" + Base64Url.encode(point);
    }

    String sign(JsonObject payload) throws Exception {
        var header = "{\"alg\":\"ES256\",\"typ\":\"husk+jws\"}".getBytes(StandardCharsets.US_ASCII);
        var input = Base64Url.encode(header) + "." + Base64Url.encode(CanonicalJson.encode(payload));
        var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initSign(pair.getPrivate());
        signature.update(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + Base64Url.encode(signature.sign());
    }

    /** The other signature that holds for the same statement, which anybody can compute. */
    String mirrored(String jws) {
        int end = jws.lastIndexOf('.') + 1;
        byte[] signature = Base64Url.decode(jws.substring(end));
        var s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64));
        var order = ((ECPublicKey) pair.getPublic()).getParams().getOrder();
        fixed(order.subtract(s), signature, 32);
        return jws.substring(0, end) + Base64Url.encode(signature);
    }

    private static void fixed(BigInteger value, byte[] target, int offset) {
        byte[] bytes = value.toByteArray();
        int length = Math.min(32, bytes.length);
        Arrays.fill(target, offset, offset + 32, (byte) 0);
        System.arraycopy(bytes, bytes.length - length, target, offset + 32 - length, length);
    }
}
