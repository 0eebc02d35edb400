package dev.husk.gateway.party;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.husk.gateway.RequestRefused;
import java.text.ParseException;
import java.time.Duration;
import java.util.Set;

/**
 * Checks a party's token: signed by a key that its issuer publishes now, or did a bounded time ago; of that issuer, for
 * this gateway, not expired. The server checks it again behind, with the same keys, which it keeps longer. Safe to share between threads.
 */
final class PartyTokens {
    static final String AUDIENCE = "husk-gateway";

    /** An unknown key id makes the keys be fetched anew, but not more often than this. */
    private static final Duration REFETCH = Duration.ofSeconds(5);

    /** How long a request waits for another's fetch, which is at most two documents of five seconds each. */
    private static final long FETCH_MILLIS = 15_000;

    private static final int LARGEST = 16 << 10;
    private static final int SKEW_SECONDS = 30;

    private final IssuerKeys keys;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    PartyTokens(String issuer, IssuerKeys keys, Duration cache) {
        this.keys = keys;
        var source = JWKSourceBuilder.create(keys)
                .cache(cache.toMillis(), FETCH_MILLIS)
                .refreshAheadCache(false)
                .rateLimited(Math.min(REFETCH.toMillis(), cache.toMillis() / 2))
                .build();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                Set.of(JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.RS256), source));
        var claims = new DefaultJWTClaimsVerifier<>(
                AUDIENCE, new JWTClaimsSet.Builder().issuer(issuer).build(), Set.of("exp", "upn"));
        claims.setMaxClockSkew(SKEW_SECONDS);
        processor.setJWTClaimsSetVerifier(claims);
    }

    /**
     * The name of the party that the token speaks for.
     *
     * @throws RequestRefused with 401 for a token that does not hold, 503 where the issuer's keys cannot be had
     */
    String party(String token) {
        if (token.length() > LARGEST) {
            throw refused("it is larger than 16 KiB");
        }
        try {
            var party = processor.process(token, null).getStringClaim("upn");
            if (party == null || party.isBlank()) {
                throw refused("it names nobody");
            }
            return party;
        } catch (RateLimitReachedException e) {
            // Not asked again so soon: what the last fetch found stands.
            throw keys.unknown() ? unreachable() : refused("the issuer has no such key");
        } catch (KeySourceException e) {
            throw unreachable();
        } catch (BadJOSEException e) {
            throw refused(reason(e));
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            throw refused("it is no signed JWT");
        }
    }

    /** The library's own words: they name claims and algorithms, never what the token holds. */
    private static String reason(BadJOSEException e) {
        return String.valueOf(e.getMessage()).replaceAll("[^ -~]", "?");
    }

    private static RequestRefused unreachable() {
        return new RequestRefused(
                503, "ISSUER_UNREACHABLE", "the keys of the parties' issuer cannot be had at the moment");
    }

    private static RequestRefused refused(String why) {
        return new RequestRefused(401, "TOKEN_INVALID", "the party's token is not accepted: " + why);
    }
}
