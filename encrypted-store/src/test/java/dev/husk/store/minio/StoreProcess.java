package dev.husk.store.minio;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An S3 server in a process of its own, on a free port, with its data in a folder. */
record StoreProcess(Process process, URI endpoint, Path log) implements AutoCloseable {
    static final String ACCESS_KEY = "husk-test";
    static final String SECRET_KEY = "not-a-secret-of-anyone";
    private static final int START_SECONDS = 60;

    static StoreProcess s3proxy(Path folder) throws IOException, InterruptedException {
        int port = freePort();
        var data = Files.createDirectories(folder.resolve("data"));
        var logback = folder.resolve("logback.xml");
        try (InputStream in = StoreProcess.class.getResourceAsStream("/s3proxy-logback.xml")) {
            Files.write(logback, in.readAllBytes());
        }
        var properties = Files.writeString(
                folder.resolve("s3proxy.properties"), """
                s3proxy.endpoint=http://127.0.0.1:%d
                s3proxy.authorization=aws-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=filesystem-nio2
                jclouds.filesystem.basedir=%s
                """.formatted(port, ACCESS_KEY, SECRET_KEY, data));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return start(
                folder,
                port,
                Map.of(),
                java,
                "-Xmx256m",
                "-Dlogback.configurationFile=" + logback,
                "-cp",
                System.getProperty("java.class.path"),
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString());
    }

    static StoreProcess minio(Path binary, Path folder) throws IOException, InterruptedException {
        int port = freePort();
        var data = Files.createDirectories(folder.resolve("data"));
        return start(
                folder,
                port,
                Map.of("MINIO_ROOT_USER", ACCESS_KEY, "MINIO_ROOT_PASSWORD", SECRET_KEY, "MINIO_BROWSER", "off"),
                binary.toString(),
                "server",
                "--quiet",
                "--address",
                "127.0.0.1:" + port,
                data.toString());
    }

    private static StoreProcess start(Path folder, int port, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        var log = folder.resolve("log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        var store = new StoreProcess(builder.start(), URI.create("http://127.0.0.1:" + port), log);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!store.answers()) {
            if (store.process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                store.close();
                throw new IOException("the store did not start: " + List.of(command) + "\n" + Files.readString(log));
            }
        }
        return store;
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", endpoint.getPort()), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    ObjectStore connect() {
        return ObjectStore.connect(endpoint, ACCESS_KEY, SECRET_KEY);
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        process.destroyForcibly().onExit().join();
    }
}
