package dev.husk.runtime.data;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Digests;
import java.util.Optional;

/** What a run has read of one object, for its statement. */
final class ReadObject {
    private final String name;
    private final Optional<String> expected;
    private Optional<String> whole = Optional.empty();

    /** @param expected {@code sha256:hex} of the sealed object, where the release names it */
    ReadObject(String name, Optional<String> expected) {
        this.name = name;
        this.expected = expected;
    }

    synchronized void readWhole(byte[] sha256) throws ChangedObjectException {
        var actual = Digests.text(sha256);
        if (expected.isPresent() && !expected.get().equals(actual)) {
            throw new ChangedObjectException(name, expected.get(), actual);
        }
        whole = Optional.of(actual);
    }

    /**
     * {@code {"name","digest","whole"}}. Where the object was not read to its end, every part that was read is
     * authentic, and the digest is the release's word.
     */
    synchronized JsonObject json() {
        var json = new JsonObject();
        json.addProperty("name", name);
        whole.or(() -> expected).ifPresent(text -> json.add("digest", digest(text)));
        json.addProperty("whole", whole.isPresent());
        return json;
    }

    static JsonObject digest(String text) {
        var digest = new JsonObject();
        digest.addProperty("sha256", text.substring("sha256:".length()));
        return digest;
    }
}
