package dev.husk.runtime.load;

import dev.husk.protocol.json.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** An action's jar. Its digest is over the decoded bytes. */
public final class ActionArchive implements ActionCode {
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

    @Override
    public String digest() {
        return digest;
    }

    @Override
    public ActionLoader open(Path folder) throws IOException {
        return open(bytes, folder);
    }

    static ActionLoader open(byte[] jar, Path folder) throws IOException {
        var file = folder.resolve("action.jar");
        Files.write(file, jar);
        file.toFile().deleteOnExit();
        return new ActionLoader(file, ActionArchive.class.getClassLoader());
    }
}
