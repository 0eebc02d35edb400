package dev.husk.gateway.keys;

import com.google.gson.JsonObject;
import dev.husk.gateway.Configuration;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.seal.HpkeKeyPair;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Arrays;

/**
 * The gateway's identity: the key that parties seal data keys to, the key that signs the log, the key that signs
 * attestation tokens. Made once, kept sealed in the database. Safe to share between threads.
 */
@ApplicationScoped
public class GatewayKeys {
    @Inject
    private Secrets secrets;

    @Inject
    private Configuration configuration;

    private HpkeKeyPair deposits;
    private PartySigner log;
    private TokenKey tokens;

    @PostConstruct
    void load() {
        byte[] hpke = secrets.obtain("hpke", () -> {
            try (var pair = HpkeKeyPair.generate()) {
                return pair.secret();
            }
        });
        byte[] signer = secrets.obtain("log", () -> {
            try (var fresh = PartySigner.generate()) {
                return fresh.pkcs8();
            }
        });
        byte[] token = secrets.obtain("token", TokenKey::generate);
        deposits = HpkeKeyPair.of(hpke);
        log = PartySigner.fromPkcs8(signer);
        tokens = TokenKey.of(token);
        Arrays.fill(hpke, (byte) 0);
        Arrays.fill(signer, (byte) 0);
        Arrays.fill(token, (byte) 0);
    }

    public HpkeKeyPair deposits() {
        return deposits;
    }

    public PartySigner log() {
        return log;
    }

    public TokenKey tokens() {
        return tokens;
    }

    public VerifierKey logKey() {
        return VerifierKey.of(configuration.logOrigin(), log.key().raw());
    }

    /** The public halves, as evidence binds them. */
    public JsonObject json() {
        var json = new JsonObject();
        json.addProperty("hpke", Base64Url.encode(deposits.publicKey()));
        json.addProperty("log", logKey().text());
        json.add("token", tokens.jwk());
        return json;
    }

    @PreDestroy
    void forget() {
        deposits.close();
        log.close();
    }

    @Override
    public String toString() {
        return "GatewayKeys";
    }
}
