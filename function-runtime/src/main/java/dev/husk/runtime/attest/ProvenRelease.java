package dev.husk.runtime.attest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.kbs.Release;
import dev.husk.protocol.log.Details;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessPolicy;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The check between a release and the use of its keys: that the pinned log holds the event of this very release, for
 * this sandbox and this run, with these parameters and no key that the event does not name; and that the contract which
 * the event names has seen its witnesses. Their cosignatures are of after the event, for they cover it.
 */
final class ProvenRelease {
    private ProvenRelease() {}

    static void check(Release release, ReleaseRequest request, String sandbox, VerifierKey logKey)
            throws UnprovenReleaseException {
        if (!release.receipt().provenBy(logKey)) {
            throw new UnprovenReleaseException("the pinned log does not hold its leaf");
        }
        if (!release.opening().opens(release.receipt().leaf())) {
            throw new UnprovenReleaseException("the leaf is another event's");
        }
        var asked = release.contract().witnesses();
        if (!release.receipt().provenBy(logKey, WitnessPolicy.of(asked))) {
            throw new UnprovenReleaseException("the contract asks for the cosignatures of " + asked.quorum()
                    + " of its witnesses, which are not there");
        }
        var event = release.opening().event();
        require(event, "event", "released");
        require(event, "sandbox", sandbox);
        require(event, "function", request.function());
        require(event, "activation", request.activation());
        same("contract", release.contractName(), request.contract());
        same("function", release.function(), request.function());
        same("activation", release.activation(), request.activation());
        require(event, "contract", release.contractId());
        if (release.answerKey().isPresent() != request.sealed()) {
            throw new UnprovenReleaseException(
                    request.sealed()
                            ? "it has no key to seal the answer with"
                            : "it has a key for an answer that nobody asked to seal");
        }
        if (!tells(event, release)) {
            throw new UnprovenReleaseException("the logged parameters are others");
        }
        if (!names(event.get("reads")).containsAll(release.reads().keySet())
                || !names(event.get("writes")).containsAll(release.writes().keySet())) {
            throw new UnprovenReleaseException("it holds a key that the logged event does not name");
        }
        if (!areNamed(release.reads(), event, true) || !areNamed(release.writes(), event, false)) {
            throw new UnprovenReleaseException("it hands out other objects than the logged event names");
        }
    }

    /** Whether the keys are of the objects that the log names: nobody could be handed another object unseen. */
    private static boolean areNamed(Map<String, Release.ObjectKey> keys, JsonObject event, boolean written) {
        return event.get("objects") instanceof JsonObject objects
                && keys.entrySet().stream()
                        .allMatch(key -> objects.get(key.getKey()) instanceof JsonObject logged
                                && isNamed(key.getValue(), logged)
                                && (!written
                                        || text(logged, "sha256")
                                                .equals(key.getValue().sha256())));
    }

    private static boolean isNamed(Release.ObjectKey key, JsonObject logged) {
        return text(logged, "identity").equals(Optional.of(key.identity()))
                && text(logged, "store")
                        .map(store -> store.replaceFirst("^s3://[^/]*", ""))
                        .filter(place -> key.url().getPath() != null
                                && key.url().getPath().endsWith(place))
                        .isPresent();
    }

    private static Optional<String> text(JsonObject object, String member) {
        return object.get(member) instanceof JsonPrimitive text ? Optional.of(text.getAsString()) : Optional.empty();
    }

    /** Whether the log tells the release's parameters: their names; and the values, unless the request was sealed. */
    private static boolean tells(JsonObject event, Release release) {
        if (!(event.get("parameters") instanceof JsonArray logged)
                || !names(logged).equals(release.parameters().keySet())) {
            return false;
        }
        if (release.answerKey().isPresent()) {
            return true;
        }
        try {
            return release.detailsSalt()
                    .filter(salt -> Details.ofRun(salt, release.parameters()).belongTo(event))
                    .isPresent();
        } catch (IllegalArgumentException e) {
            return false; // no salt
        }
    }

    private static void require(JsonObject event, String member, String expected) throws UnprovenReleaseException {
        if (!(event.get(member) instanceof JsonPrimitive value)
                || !value.getAsString().equals(expected)) {
            throw new UnprovenReleaseException("the logged event is for another " + member);
        }
    }

    private static void same(String what, String actual, String expected) throws UnprovenReleaseException {
        if (!actual.equals(expected)) {
            throw new UnprovenReleaseException("it is for another " + what);
        }
    }

    /** Names stand as text, or as objects that have a name. */
    private static Set<String> names(JsonElement list) {
        var names = new HashSet<String>();
        if (list instanceof JsonArray array) {
            for (var element : array) {
                var name = element instanceof JsonObject object ? object.get("name") : element;
                if (name instanceof JsonPrimitive text) {
                    names.add(text.getAsString());
                }
            }
        }
        return names;
    }
}
