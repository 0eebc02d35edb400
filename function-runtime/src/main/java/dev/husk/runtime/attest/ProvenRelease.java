package dev.husk.runtime.attest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.kbs.Release;
import dev.husk.protocol.log.VerifierKey;
import java.util.HashSet;
import java.util.Set;

/**
 * The check between a release and the use of its keys: that the pinned log holds the event of this very release, for
 * this sandbox and this run, with these parameters and no key that the event does not name.
 */
final class ProvenRelease {
    /** The log quotes values up to this many characters. */
    private static final int SHOWN_IN_FULL = 128;

    private ProvenRelease() {}

    static void check(Release release, ReleaseRequest request, String sandbox, VerifierKey logKey)
            throws UnprovenReleaseException {
        if (!release.receipt().provenBy(logKey)) {
            throw new UnprovenReleaseException("the pinned log does not hold its leaf");
        }
        if (!release.opening().opens(release.receipt().leaf())) {
            throw new UnprovenReleaseException("the leaf is another event's");
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
        if (!tells(event.get("parameters"), release)) {
            throw new UnprovenReleaseException("the logged parameters are others");
        }
        if (!names(event.get("reads")).containsAll(release.reads().keySet())
                || !names(event.get("writes")).containsAll(release.writes().keySet())) {
            throw new UnprovenReleaseException("it holds a key that the logged event does not name");
        }
    }

    /** Whether the log tells the release's parameters; of a sealed request it tells their names alone. */
    private static boolean tells(JsonElement logged, Release release) {
        if (release.answerKey().isPresent()) {
            return logged instanceof JsonArray
                    && names(logged).equals(release.parameters().keySet());
        }
        return logged instanceof JsonObject values && tells(values, release.parameters());
    }

    /** For a long value the log only says how long that is. */
    private static boolean tells(JsonObject logged, JsonObject parameters) {
        if (!logged.keySet().equals(parameters.keySet())) {
            return false;
        }
        for (var name : parameters.keySet()) {
            var value = parameters.get(name);
            boolean same = CanonicalJson.text(logged.get(name)).equals(CanonicalJson.text(value));
            boolean shortened = value.toString().length() > SHOWN_IN_FULL
                    && logged.get(name) instanceof JsonPrimitive text
                    && text.getAsString().matches("\\([0-9]+ characters\\)");
            if (!same && !shortened) {
                return false;
            }
        }
        return true;
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
