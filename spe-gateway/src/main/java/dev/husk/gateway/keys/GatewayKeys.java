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
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The gateway's identity: the key that parties seal data keys to, the key that signs the log, the key that signs
 * attestation tokens. Made once, kept sealed in the database, the same on all replicas. Safe to share between threads.
 */
@ApplicationScoped
public class GatewayKeys {
    /** The chain of the log that events about these keys stand in. */
    static final String CHAIN = "_gateway";

    private static final String HPKE = "hpke";
    private static final String TOKEN = "token";
    private static final String TICKET = "ticket";
    private static final SecureRandom RANDOM = new SecureRandom();

    @Inject
    private Secrets secrets;

    @Inject
    private Configuration configuration;

    private HpkeKeyPair deposits;
    private PartySigner log;
    private TokenKey tokens;
    private SecretKeySpec tickets;

    @PostConstruct
    void load() {
        deposits = secret(HPKE, GatewayKeys::freshHpke, HpkeKeyPair::of);
        log = secret(
                "log",
                () -> {
                    try (var fresh = PartySigner.generate()) {
                        return fresh.pkcs8();
                    }
                },
                PartySigner::fromPkcs8);
        tokens = secret(TOKEN, TokenKey::generate, TokenKey::of);
        tickets = secret(TICKET, GatewayKeys::freshTicket, GatewayKeys::ticketKey);
    }

    private static byte[] freshTicket() {
        byte[] fresh = new byte[32];
        RANDOM.nextBytes(fresh);
        return fresh;
    }

    private static SecretKeySpec ticketKey(byte[] bytes) {
        return new SecretKeySpec(bytes, "HmacSHA256");
    }

    private <T> T secret(String name, Supplier<byte[]> fresh, Function<byte[], T> parse) {
        byte[] bytes = secrets.obtain(name, fresh);
        try {
            return parse.apply(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static byte[] freshHpke() {
        try (var pair = HpkeKeyPair.generate()) {
            return pair.secret();
        }
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

    /** HMAC-SHA-256 under a key that all replicas share. */
    byte[] ticketTag(byte[] bytes) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(tickets);
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
        }
    }

    /**
     * Replaces the keys that a lost machine, or whoever knew the former state key, may still hold, but for the one that
     * signs the log, which vouches for the new ones. Needs a transaction, whose next event must be {@code
     * gateway-recovered} or {@code state-key-renewed}.
     */
    @jakarta.transaction.Transactional(jakarta.transaction.Transactional.TxType.MANDATORY)
    public void renew() {
        byte[] hpke = freshHpke();
        byte[] token = TokenKey.generate();
        byte[] ticket = freshTicket();
        try {
            secrets.replace(HPKE, hpke);
            secrets.replace(TOKEN, token);
            secrets.replace(TICKET, ticket);
            deposits.close();
            deposits = HpkeKeyPair.of(hpke);
            tokens = TokenKey.of(token);
            tickets = ticketKey(ticket);
        } finally {
            Arrays.fill(hpke, (byte) 0);
            Arrays.fill(token, (byte) 0);
            Arrays.fill(ticket, (byte) 0);
        }
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
