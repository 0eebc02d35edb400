package dev.husk.local;

import dev.husk.local.process.ChildOutput;
import dev.husk.local.process.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * S3Proxy as a process of its own: an S3 server over the state folder's file system, with the bucket {@value #BUCKET} and
 * one random key pair (signature version 4).
 */
final class S3Server implements StoreAccess, AutoCloseable {
    static final String BUCKET = "husk";

    private static final Duration START_TIME = Duration.ofSeconds(60);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Predicate<String> MATTERS =
            Pattern.compile("ERROR|Exception|Caused by|Error:").asPredicate();

    private final ChildProcess process;
    private final URI endpoint;
    private final String accessKey;
    private final String secretKey;

    private S3Server(ChildProcess process, URI endpoint, String accessKey, String secretKey) {
        this.process = process;
        this.endpoint = endpoint;
        this.accessKey = accessKey;
        this.secretKey = secretKey;
    }

    /** Starts the server; makes the bucket where there is none. */
    static S3Server start(List<Path> classPath, StateFolder state, int port)
            throws IOException, StartFailedException, InterruptedException {
        var folder = state.folder("s3");
        var data = folder.resolve("data");
        // A bucket or object that others may read on disk is one that S3Proxy gives to requests without a signature.
        Files.createDirectories(data.resolve(BUCKET), OWNER_ONLY);
        Files.setPosixFilePermissions(data.resolve(BUCKET), OWNER_ONLY.value());
        var endpoint = URI.create("http://127.0.0.1:" + port);
        var accessKey = state.secret("s3.access");
        var secretKey = state.secret("s3.secret");
        var configuration = folder.resolve("s3proxy.conf");
        StateFolder.write(configuration, """
                s3proxy.endpoint=%s
                s3proxy.authorization=aws-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                s3proxy.ignore-unknown-headers=true
                jclouds.provider=filesystem-nio2
                jclouds.filesystem.basedir=%s
                """.formatted(endpoint, accessKey, secretKey, escaped(data)));
        var log = LogFile.open(state.folder("logs").resolve("s3.log"));
        var command = List.of(
                JavaCommand.java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=" + logback(folder),
                "-cp",
                classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                "org.gaul.s3proxy.Main",
                "--properties",
                configuration.toString());
        var process = ChildProcess.start(command, Map.of(), folder, new ChildOutput.ToFile(log.path()));
        var client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
        new Readiness("the S3 store", log, MATTERS, line -> false, START_TIME)
                .await(process, () -> answers(client, endpoint));
        return new S3Server(process, endpoint, accessKey, secretKey);
    }

    @Override
    public URI endpoint() {
        return endpoint;
    }

    @Override
    public String accessKey() {
        return accessKey;
    }

    @Override
    public String secretKey() {
        return secretKey;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
    }

    /** Any answer will do; to an unsigned request it is a refusal. */
    private static boolean answers(HttpClient client, URI endpoint) {
        var request =
                HttpRequest.newBuilder(endpoint).timeout(Duration.ofSeconds(5)).build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() > 0;
        } catch (IOException e) {
            // Not yet; if it never will, the log says why.
            return false;
        } catch (InterruptedException e) {
            // The caller waits in an interruptible way next, and finds the flag there.
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Path logback(Path folder) throws IOException {
        var file = folder.resolve("logback.xml");
        try (var in = S3Server.class.getResourceAsStream("s3-logback.xml")) {
            if (in == null) {
                throw new IOException("the class path lacks s3-logback.xml");
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /** As a value in a properties file. */
    private static String escaped(Path path) {
        return path.toString().replace("\\", "\\\\");
    }
}
