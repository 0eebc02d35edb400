package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.cli.gateway.RecoveringGateway;
import dev.husk.cli.gateway.VerifiedGateway;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.HpkeKeyPair;
import dev.husk.protocol.seal.Sealed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** A party's share of its gateway's state key: fetched while all is well, handed in when the key is lost. */
final class GatewayRecovery {
    private static final byte[] SHARE = "husk recovery share v1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HAND_IN = "husk recovery hand-in v1".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] HOLDERS = "husk recovery holders v1".getBytes(StandardCharsets.US_ASCII);

    private final Settings settings;
    private final PartyApi api;
    private final String party;

    GatewayRecovery(Settings settings, PartyApi api, String party) {
        this.settings = settings;
        this.api = api;
        this.party = party;
    }

    /** Fetches the party's share and keeps it as it came, sealed, once it is known to open. */
    JsonObject fetch(HpkeKeyPair pair) throws CommandFailed, IOException {
        if (!(api.gateway().get("v1/gateway/recovery/share", api.bearer(party)) instanceof JsonObject share)) {
            throw CommandFailed.unreachable("the gateway's share is not an object");
        }
        Arrays.fill(open(pair, share), (byte) 0);
        WholeFile.replace(settings.share(party), share + "\n");
        return share;
    }

    /** What the gateway says to the share: {@code waiting} or {@code recovered}, and who has given one. */
    JsonObject handIn(HpkeKeyPair pair, RecoveringGateway gateway) throws CommandFailed, IOException {
        byte[] share = open(pair, kept());
        try {
            var bound = new JsonObject();
            bound.addProperty("holder", party);
            return send(
                    "v1/gateway/recovery/share", Hpke.seal(gateway.key(), HAND_IN, CanonicalJson.encode(bound), share));
        } catch (EnvelopeException e) {
            throw CommandFailed.refused("the gateway's recovery key cannot be used: " + e.getMessage());
        } finally {
            Arrays.fill(share, (byte) 0);
        }
    }

    /**
     * Agrees that others get shares of a new state key, with the share that this party has.
     *
     * @param holders as the verified gateway named them
     * @return what the gateway says: {@code waiting} or {@code agreed}, and who has agreed
     */
    JsonObject acceptHolders(HpkeKeyPair pair, VerifiedGateway gateway, JsonObject holders)
            throws CommandFailed, IOException {
        var kept = kept();
        byte[] share = open(pair, kept);
        try {
            var bound = new JsonObject();
            bound.addProperty("holder", party);
            bound.add("policy", holders);
            bound.addProperty("set", GatewayClient.text(kept, "set"));
            return send(
                    "v1/gateway/recovery/holders",
                    Hpke.seal(gateway.keys().hpkeKey(), HOLDERS, CanonicalJson.encode(bound), share));
        } catch (EnvelopeException e) {
            throw CommandFailed.refused("the gateway's key cannot be used: " + e.getMessage());
        } finally {
            Arrays.fill(share, (byte) 0);
        }
    }

    private JsonObject kept() throws CommandFailed, IOException {
        return Settings.object(settings.share(party))
                .orElseThrow(() -> CommandFailed.unusable("no share of " + party + " in " + settings.folder()
                        + ": it is fetched while the gateway runs, with `husk gateway recovery-shares`"));
    }

    private JsonObject send(String path, Sealed sealed) throws CommandFailed, IOException {
        var body = new JsonObject();
        body.addProperty("enc", Base64Url.encode(sealed.enc()));
        body.addProperty("ciphertext", Base64Url.encode(sealed.ciphertext()));
        var answer = api.gateway().post(path, "application/json", body.toString(), api.bearer(party));
        if (answer instanceof JsonObject object) {
            return object;
        }
        throw CommandFailed.unreachable("the gateway's answer to a share is not an object");
    }

    private byte[] open(HpkeKeyPair pair, JsonObject share) throws CommandFailed {
        var bound = new JsonObject();
        bound.addProperty("holder", party);
        bound.addProperty("set", GatewayClient.text(share, "set"));
        try {
            var sealed = new Sealed(
                    Base64Url.decode(GatewayClient.text(share, "enc")),
                    Base64Url.decode(GatewayClient.text(share, "ciphertext")));
            return Hpke.open(pair, SHARE, CanonicalJson.encode(bound), sealed);
        } catch (EnvelopeException | IllegalArgumentException e) {
            throw CommandFailed.refused("the share is not sealed to the recovery key of " + party
                    + ": does the gateway's configuration name the key that `husk party recovery-key " + party
                    + "` prints?");
        }
    }

    /** The names in an answer, for people. */
    static String names(Optional<JsonElement> array) {
        var names = new StringBuilder();
        if (array.orElseGet(JsonArray::new) instanceof JsonArray all) {
            all.forEach(name -> names.append(names.isEmpty() ? "" : ", ").append(name.getAsString()));
        }
        return names.toString();
    }
}
