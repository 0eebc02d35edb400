package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.husk.cli.gateway.GatewayKeys;
import dev.husk.cli.gateway.KnownGateway;
import dev.husk.cli.gateway.ReferenceValues;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.log.VerifierKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;

/**
 * {@code gateway.pin.json}: the platform in the words of contracts, those that may have the state key besides, a
 * simulator's root, and after the first verification the gateway's keys, who could recover it, and where its state key
 * comes from and goes to.
 *
 * @param platform the JSON that {@code values} was read from
 */
record GatewayPin(JsonElement platform, ReferenceValues values, Optional<KnownGateway> known) {

    /** @param peers what may have the gateway's state key besides those like itself */
    static GatewayPin of(JsonElement platform, Optional<X509Certificate> simulatedRoot, Optional<JsonElement> peers)
            throws CommandFailed {
        try {
            var accepted = peers.isPresent() ? Optional.of(Platform.parse(peers.get())) : Optional.<Platform>empty();
            return new GatewayPin(
                    platform, new ReferenceValues(Platform.parse(platform), simulatedRoot, accepted), Optional.empty());
        } catch (InvalidContractException e) {
            throw CommandFailed.unusable(
                    "not a platform that could be pinned:\n  - " + String.join("\n  - ", e.problems()));
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable(
                    e.getMessage() + " (`husk gateway pin --simulated-root FILE` pins a simulated gateway)");
        }
    }

    /** The pin of these settings; without one no secret leaves. */
    static GatewayPin require(Settings settings) throws CommandFailed, IOException {
        var json = settings.pin()
                .orElseThrow(
                        () -> CommandFailed.refused(
                                "no gateway is pinned, so no secret leaves this machine: "
                                        + "pin one with `husk gateway pin --platform FILE` (or --simulated-root FILE for a local one)"));
        try {
            var root = json.has("simulatedRoot")
                    ? Optional.of(certificate(
                            Base64.getDecoder().decode(json.get("simulatedRoot").getAsString())))
                    : Optional.<X509Certificate>empty();
            var platform = json.get("platform");
            var pin = of(platform == null ? JsonNull.INSTANCE : platform, root, Optional.ofNullable(json.get("peers")));
            return json.get("keys") instanceof JsonObject keys
                    ? pin.with(new KnownGateway(
                            GatewayKeys.parse(keys),
                            json.has("recovery") ? json.get("recovery") : JsonNull.INSTANCE,
                            json.has("stateKey") ? json.get("stateKey") : JsonNull.INSTANCE))
                    : pin;
        } catch (CertificateException e) {
            throw damaged(settings, "its root is no certificate");
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw damaged(settings, String.valueOf(e.getMessage()));
        }
    }

    private static CommandFailed damaged(Settings settings, String why) {
        return CommandFailed.unusable(
                settings.pinFile() + " is damaged (" + why + "): pin the gateway again with `husk gateway pin`");
    }

    /** @param der one certificate */
    static X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /** The key that must have signed the log: the one that a verification of the gateway saw. */
    VerifierKey logKey() throws CommandFailed {
        return known.orElseThrow(() -> CommandFailed.refused(
                        "the gateway's log key is not known yet: verify it once with `husk gateway verify`"))
                .keys()
                .log();
    }

    GatewayPin with(KnownGateway seen) {
        return new GatewayPin(platform, values, Optional.of(seen));
    }

    JsonObject json() {
        var json = new JsonObject();
        json.add("platform", platform);
        values.simulatedRoot().ifPresent(root -> {
            try {
                json.addProperty("simulatedRoot", Base64.getEncoder().encodeToString(root.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("a certificate that was read can be written", e);
            }
        });
        values.peers().ifPresent(peers -> json.add("peers", peers.json()));
        known.ifPresent(seen -> {
            json.add("keys", seen.keys().json());
            json.add("recovery", seen.recovery());
            json.add("stateKey", seen.stateKey());
        });
        return json;
    }
}
