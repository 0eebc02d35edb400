package dev.husk.runtime.load;

import dev.husk.protocol.json.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** An action's jar as the platform sent it, and the digest that contracts name it by. Nothing of it is loaded yet. */
public final class ActionArchive {
    private final byte[] bytes;
    private final String digest;

    private ActionArchive(byte[] bytes) {
        this.bytes = bytes;
        this.digest = Digests.sha256(bytes);
    }

    /** @throws IllegalArgumentException if the text is not base64 */
    public static ActionArchive decode(String base64) {
        return new ActionArchive(Base64.getDecoder().decode(base64));
    }

    /** {@code sha256:} and 64 hex digits, over the decoded bytes. */
    public String digest() {
        return digest;
    }

    /** Writes the jar into {@code folder}, which only this process may write, and opens a class loader on it. */
    public ActionLoader open(Path folder) throws IOException {
        var jar = folder.resolve("action.jar");
        Files.write(jar, bytes);
        jar.toFile().deleteOnExit();
        return new ActionLoader(jar, ActionArchive.class.getClassLoader());
    }
}
