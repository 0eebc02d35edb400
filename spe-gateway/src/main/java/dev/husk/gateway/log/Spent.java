package dev.husk.gateway.log;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Digests;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;

/**
 * What counts once: statements and nonces, by digests in the member {@value #MEMBER} of the events that used them.
 *
 * <p>A use is remembered for an hour after its event. What is signed is taken for at most 15 minutes before and after
 * the time that it states, so a copy of what was used is too old half an hour later; the rest is for clocks that are put
 * back. An hour of uses is what memory holds, 72 bytes for each at most.
 */
@ApplicationScoped
public class Spent implements View {
    private static final String MEMBER = "spent";
    private static final Duration KEPT = Duration.ofHours(1);
    private static final byte[] LABEL = "husk spent v1".getBytes(StandardCharsets.US_ASCII);

    private final DigestTable until = new DigestTable();

    @Inject
    private Views views;

    @Inject
    private Clock clock;

    /** What stands in events for something that counts once within a scope: 16 bytes, base64url. */
    public static String digest(String... scopeAndName) {
        var digest = Digests.sha256();
        digest.update(LABEL);
        for (var part : scopeAndName) {
            digest.update((byte) 0);
            digest.update(part.getBytes(StandardCharsets.UTF_8));
        }
        return Base64Url.encode(Arrays.copyOf(digest.digest(), DigestTable.PREFIX));
    }

    /** The digest of what was signed. Not of the signature: anybody can change some kinds into others that hold. */
    public static String statement(String jws) {
        return digest("statement", jws.substring(0, Math.max(0, jws.lastIndexOf('.'))));
    }

    /** Lets {@code event} say what it uses. */
    public static void add(JsonObject event, Collection<String> digests) {
        var all = new JsonArray();
        digests.forEach(all::add);
        event.add(MEMBER, all);
    }

    /** Whether an event has used it, at least within the last hour. */
    public boolean contains(String digest) {
        views.catchUp();
        return knows(digest);
    }

    boolean knows(String digest) {
        return until.get(Base64Url.decode(digest)) != DigestTable.NONE;
    }

    @Override
    public void take(LoggedEvent event) {
        take(event, clock.instant());
    }

    void take(LoggedEvent event, Instant now) {
        if (!event.event().has(MEMBER)) {
            return;
        }
        var end = event.time("time").plus(KEPT);
        if (!end.isAfter(now) || !(event.event().get(MEMBER) instanceof JsonArray digests)) {
            return;
        }
        for (var digest : digests) {
            until.put(Base64Url.decode(digest.getAsString()), end.toEpochMilli(), other -> other <= now.toEpochMilli());
        }
    }

    int size() {
        return until.size();
    }
}
