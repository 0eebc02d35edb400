package dev.husk.runtime;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.InvalidSignatureException;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.kbs.Jwe;
import dev.husk.protocol.kbs.JweException;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.interfaces.ECPublicKey;

/**
 * Does once, on throwaway values, what a confidential run will do, while the sandbox waits for its action: classes,
 * providers and curves are then loaded when it counts. Proves nothing and keeps nothing.
 */
final class Rehearsal {
    private Rehearsal() {}

    static void play() {
        try (var signer = PartySigner.generate();
                var key = DataKey.generate()) {
            SignedStatement.verify(SignedStatement.sign(signer, new JsonObject()), signer.key());
            var tee = TeeKey.generate();
            Jwe.open(tee, Jwe.seal(TeeKey.of((ECPublicKey) tee.getPublic()), new byte[32]));
            var sealed = new ByteArrayOutputStream();
            try (var out = SealedObject.writer(sealed, key, "rehearsal")) {
                out.write(new byte[64]);
            }
            try (var in = SealedObject.reader(new ByteArrayInputStream(sealed.toByteArray()), key, "rehearsal")) {
                in.readAllBytes();
            }
        } catch (InvalidSignatureException | JweException | IOException e) {
            throw new IllegalStateException("the rehearsal of what every run does has failed", e);
        }
    }
}
