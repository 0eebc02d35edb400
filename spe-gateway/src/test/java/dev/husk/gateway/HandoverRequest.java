package dev.husk.gateway;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.snp.simulator.SimulatedSandbox;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What a new replica sends to get the state key, as docs/protocol.md says it. */
record HandoverRequest(JsonObject json) {

    /** @param peers the platform that the replica would hand the key over to */
    static HandoverRequest honest(JsonObject challenge, SimulatedSandbox hardware, String peers) throws Exception {
        var stateKey = new JsonObject();
        stateKey.addProperty("source", "peer");
        stateKey.add("peers", Json.parse(peers.getBytes(StandardCharsets.UTF_8), 1 << 20));
        var bound = new JsonObject();
        bound.addProperty("key", Base64Url.random(32));
        bound.addProperty("nonce", Base64Url.random(32));
        bound.add("peerNonce", challenge.get("nonce"));
        bound.addProperty("purpose", "husk handover request v1");
        bound.add("stateKey", stateKey);
        byte[] reportData = MessageDigest.getInstance("SHA-512").digest(CanonicalJson.encode(bound));
        var json = new JsonObject();
        json.add("challenge", challenge.get("challenge"));
        json.add("key", bound.get("key"));
        json.add("nonce", bound.get("nonce"));
        json.add("stateKey", stateKey);
        json.add("evidence", Json.parse(hardware.evidence(reportData).getBytes(StandardCharsets.UTF_8), 1 << 20));
        return new HandoverRequest(json);
    }
}
