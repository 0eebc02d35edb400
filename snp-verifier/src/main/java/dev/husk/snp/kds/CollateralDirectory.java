package dev.husk.snp.kds;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A directory of collateral for machines without network; the package says which file is what. Whoever writes to it can
 * make verifications fail, and can keep an older revocation list in force until that expires.
 *
 * <p>Safe for several threads and processes: files appear whole.
 */
public final class CollateralDirectory {
    private final Path folder;

    public CollateralDirectory(Path folder) {
        this.folder = folder;
    }

    /** Where a piece stands, or would stand. */
    public Path file(Collateral wanted) {
        return folder.resolve(wanted.file());
    }

    /**
     * Puts a piece there, in the place of the one before.
     *
     * @return the file
     */
    public Path write(Collateral wanted, Found found) throws IOException {
        var file = file(wanted);
        WholeFile.write(file, found.file());
        return file;
    }

    /**
     * The first file that holds what is wanted.
     *
     * @throws MismatchException where there are files, and none of them does; the message names them
     */
    Optional<Contents> read(Collateral wanted) throws MismatchException {
        var problems = new ArrayList<String>();
        for (var name : wanted.files()) {
            var file = folder.resolve(name);
            try {
                var content = WholeFile.read(file, wanted.maximum() + 1);
                if (content.isPresent()) {
                    return Optional.of(wanted.read(content.get()));
                }
            } catch (MismatchException e) {
                problems.add(file + " holds " + e.getMessage());
            } catch (IOException e) {
                problems.add(file + " cannot be read (" + e.getMessage() + ")");
            }
        }
        if (problems.isEmpty()) {
            return Optional.empty();
        }
        throw new MismatchException(String.join(", ", problems));
    }
}
