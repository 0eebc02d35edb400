package dev.husk.cli;

import dev.husk.protocol.json.Digests;
import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.util.function.LongConsumer;

/** Writes a sealed object as a file, which appears whole or not at all. */
final class SealedFile {
    /** What was written: digest as {@code sha256:hex}, and bytes. */
    record Written(String sha256, long size) {}

    /** Opens the file that is written; tests open one on a full disk. */
    interface Opener {
        OutputStream open(Path path) throws IOException;
    }

    private final Opener opener;

    SealedFile(Opener opener) {
        this.opener = opener;
    }

    Written write(Path out, InputStream plain, DataKey key, String identity, LongConsumer progress)
            throws CommandFailed, IOException {
        if (Files.exists(out)) {
            throw CommandFailed.unusable(out + " exists already: name another file, or delete it");
        }
        var folder = out.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw CommandFailed.unusable("no folder " + folder);
        }
        var next = Files.createTempFile(folder, ".husk-", ".sealing");
        next.toFile().deleteOnExit(); // an interrupt ends the process without the block below
        try {
            var written = seal(next, plain, key, identity, progress);
            Files.move(next, out, StandardCopyOption.ATOMIC_MOVE);
            return written;
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private Written seal(Path next, InputStream plain, DataKey key, String identity, LongConsumer progress)
            throws IOException {
        var digest = Digests.sha256();
        try (var file = opener.open(next);
                var sealed = SealedObject.writer(new DigestOutputStream(new Whole(file), digest), key, identity)) {
            byte[] buffer = new byte[1 << 16];
            long taken = 0;
            for (int n = plain.read(buffer); n >= 0; n = plain.read(buffer)) {
                sealed.write(buffer, 0, n);
                taken += n;
                progress.accept(taken);
            }
        }
        return new Written(Digests.text(digest.digest()), Files.size(next));
    }

    /** Writes arrays as a whole, which {@link FilterOutputStream} does byte by byte. */
    private static final class Whole extends FilterOutputStream {
        Whole(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }
    }
}
