package dev.husk.runtime.data;

import dev.husk.protocol.json.Digests;
import dev.husk.protocol.run.RunStatement;
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
     * For the statement. Where the object was not read to its end, every part that was read is authentic, and the digest
     * is the release's word.
     */
    synchronized RunStatement.Read stated() {
        return new RunStatement.Read(name, whole.or(() -> expected), whole.isPresent());
    }
}
