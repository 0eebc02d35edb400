package dev.husk.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * What stands in for the launch measurement of a simulated sandbox: SHA-384 over the SHA-384 of each file in order. It
 * changes when the code does, as a real one would. SIMULATED: nothing makes the process run these files.
 */
final class LaunchMeasurement {
    private LaunchMeasurement() {}

    /** 48 bytes. */
    static byte[] of(List<Path> files) throws IOException {
        var all = sha384();
        for (var file : files) {
            var one = sha384();
            try (InputStream in = Files.newInputStream(file);
                    var out = new DigestOutputStream(OutputStream.nullOutputStream(), one)) {
                in.transferTo(out);
            }
            all.update(one.digest());
        }
        return all.digest();
    }

    private static MessageDigest sha384() {
        try {
            return MessageDigest.getInstance("SHA-384");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-384", e);
        }
    }
}
