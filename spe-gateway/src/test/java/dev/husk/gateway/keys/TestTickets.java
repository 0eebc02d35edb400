package dev.husk.gateway.keys;

import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tickets without a database: what replicas share, the key and the spent nonces, is in memory. */
public final class TestTickets {
    private final Spent spent = new Spent();
    private final Keys keys;

    /** @param key what this gateway's replicas share; another gateway has another */
    public TestTickets(byte[] key) {
        this.keys = new Keys(key);
    }

    /** One replica's. */
    public Tickets at(Clock clock) {
        return new Tickets(spent, keys, clock);
    }

    /** How many nonces were spent. */
    public int spent() {
        return spent.nonces.size();
    }

    private static final class Spent extends SpentNonces {
        private final Set<String> nonces = new HashSet<>();

        @Override
        boolean spend(String nonce, Instant expires, Instant now) {
            return nonces.add(nonce);
        }
    }

    private static final class Keys extends GatewayKeys {
        private final SecretKeySpec key;

        Keys(byte[] key) {
            this.key = new SecretKeySpec(key, "HmacSHA256");
        }

        @Override
        byte[] ticketTag(byte[] bytes) {
            try {
                var mac = Mac.getInstance("HmacSHA256");
                mac.init(key);
                return mac.doFinal(bytes);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
