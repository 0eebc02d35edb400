package dev.husk.gateway.self;

import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.keys.StateKey;
import dev.husk.gateway.keys.Tickets;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.Hpke;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The giving side of a hand-over: the state key, sealed to a machine that proved to be a gateway of this kind. */
@ApplicationScoped
public class Handover {
    private static final System.Logger LOG = System.getLogger(Handover.class.getName());
    private static final String PURPOSE = "handover";
    private static final Duration LIFE = Duration.ofMinutes(2);

    @Inject
    private Tickets tickets;

    @Inject
    private PeerJudge judge;

    @Inject
    private OwnEvidence own;

    @Inject
    private StateKeyOrigin origin;

    @Inject
    private StateKey stateKey;

    @Inject
    private GatewayEvents events;

    @Inject
    private RefusedPeers refused;

    JsonObject challenge() {
        requirePeers();
        var ticket = tickets.issue(PURPOSE, LIFE);
        var answer = new JsonObject();
        answer.addProperty("challenge", ticket.text());
        answer.addProperty("nonce", Base64Url.encode(ticket.nonce()));
        return answer;
    }

    /** @throws RequestRefused unless the evidence is a peer's, over this challenge and the newcomer's own key */
    JsonObject handOver(JsonObject asked) {
        requirePeers();
        var ticket = tickets.redeem(PURPOSE, Body.text(asked, "challenge"))
                .orElseThrow(() -> RequestRefused.unauthenticated("the challenge is not open: ask for another"));
        var request = HandoverWords.request(
                Body.text(asked, "key"),
                Body.text(asked, "nonce"),
                Base64Url.encode(ticket.nonce()),
                Body.object(asked, "stateKey"));
        var judgement = judge.judge(Body.object(asked, "evidence"), request);
        if (judgement.trusted().isEmpty()) {
            throw refused(judgement);
        }
        var answer = seal(request);
        events.append(event("state-key-handed-over", judgement.trusted().get()));
        return answer;
    }

    private RequestRefused refused(PeerJudge.Judgement judgement) {
        LOG.log(System.Logger.Level.WARNING, "the state key was refused to a machine: " + judgement.reasons());
        // What anybody could send, unsigned, must not fill the log.
        if (!judgement.chip().isEmpty()) {
            refused.say(judgement.chip(), judgement.reasons());
        }
        return new RequestRefused(403, "NOT_A_PEER", "this is no gateway that gets the state key", judgement.reasons());
    }

    private JsonObject seal(JsonObject request) {
        byte[] key = stateKey.copy();
        try {
            var sealed = Hpke.seal(
                    Base64Url.decode(Body.text(request, "key")),
                    HandoverWords.INFO,
                    CanonicalJson.encode(request),
                    key);
            var enc = Base64Url.encode(sealed.enc());
            var ciphertext = Base64Url.encode(sealed.ciphertext());
            var answer = new JsonObject();
            answer.addProperty("enc", enc);
            answer.addProperty("ciphertext", ciphertext);
            var said = origin.now();
            answer.add("stateKey", said);
            answer.add("evidence", own.over(HandoverWords.answer(request, said, enc, ciphertext)));
            return answer;
        } catch (EnvelopeException | IllegalArgumentException e) {
            throw RequestRefused.malformed("key is no X25519 key");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "no evidence: " + e.getMessage());
            throw new RequestRefused(503, "NO_EVIDENCE", "the gateway gets no evidence about itself at the moment");
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private void requirePeers() {
        if (!judge.hasPeers()) {
            throw new RequestRefused(
                    403,
                    "NOT_A_PEER",
                    "this gateway hands its state key to nobody",
                    List.of(new Reason("NO_PEERS", "HUSK_PEER_PLATFORM is not set")));
        }
    }

    private static JsonObject event(String name, Verdict.Trusted peer) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("sandbox", sandbox(peer.report()));
        event.addProperty("measurement", peer.report().measurement().toString());
        event.addProperty("simulated", peer.simulated());
        return event;
    }

    private static String sandbox(AttestationReport report) {
        return Digests.sha256(ByteBuffer.allocate(96)
                .put(report.chipId().toArray())
                .put(report.reportId().toArray())
                .array());
    }
}
