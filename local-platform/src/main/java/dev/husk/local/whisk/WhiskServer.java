package dev.husk.local.whisk;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A running OpenWhisk-compatible server for one namespace, {@value #NAMESPACE}.
 *
 * <p>Entities survive a restart, in the state folder; activations do not. Every process it started ends with it, and
 * also when this JVM is killed.
 */
public final class WhiskServer implements AutoCloseable {
    /** The one namespace. */
    public static final String NAMESPACE = "guest";

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration REAP_EVERY = Duration.ofSeconds(5);
    // More than invocations in flight, so that there is always a thread to answer other requests.
    private static final int HTTP_THREADS = Dispatcher.MOST + 32;
    private static final int BACKLOG = 256;

    static {
        // The JDK reads these once, when its first server starts; what the user set stays.
        System.getProperties().putIfAbsent("sun.net.httpserver.nodelay", "true");
        System.getProperties().putIfAbsent("sun.net.httpserver.maxReqTime", "60");
        System.getProperties().putIfAbsent("sun.net.httpserver.maxReqHeaders", "100");
    }

    private final HttpServer http;
    private final ExecutorService httpThreads;
    private final ScheduledExecutorService timer;
    private final Sandboxes sandboxes;
    private final Dispatcher dispatcher;
    private final FileChannel lock;
    private final URI url;
    private final String auth;

    /**
     * What a server needs.
     *
     * @param bind port 0 takes a free one
     * @param folder where entities and the key are kept; one server at a time may use it
     * @param kinds by name; the first is what tools may take for the default
     */
    public record Config(
            InetSocketAddress bind,
            Path folder,
            Map<String, SandboxKind> kinds,
            SandboxHooks hooks,
            SandboxLimits limits) {
        public Config {
            kinds = Collections.unmodifiableMap(new LinkedHashMap<>(kinds));
            kinds.forEach((name, kind) -> {
                if (!name.equals(kind.name())) {
                    throw new IllegalArgumentException("kind " + kind.name() + " stands under the name " + name);
                }
            });
            for (var cells : limits.stemCells()) {
                if (!kinds.containsKey(cells.kind())) {
                    throw new IllegalArgumentException("stem cells of the unknown kind " + cells.kind());
                }
            }
        }
    }

    /**
     * Starts a server, and the prewarmed sandboxes in the background.
     *
     * @throws IOException if the port is taken, or the state folder cannot be used or is in use; the message says which
     */
    public static WhiskServer start(Config config) throws IOException {
        return start(config, Clock.systemUTC(), LONGEST_WAIT);
    }

    static WhiskServer start(Config config, Clock clock, Duration longestWait) throws IOException {
        Files.createDirectories(config.folder());
        var lock = lock(config.folder());
        try {
            return new WhiskServer(config, clock, longestWait, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private WhiskServer(Config config, Clock clock, Duration longestWait, FileChannel lock) throws IOException {
        this.lock = lock;
        this.auth = auth(config.folder().resolve("auth"));
        var entities = Entities.open(config.folder().resolve("entities"));
        try {
            this.http = HttpServer.create(config.bind(), BACKLOG);
        } catch (BindException e) {
            throw new IOException(config.bind() + ": " + e.getMessage(), e);
        }
        this.url = URI.create(
                "http://" + host(config.bind()) + ":" + http.getAddress().getPort());
        var pool = new ThreadPoolExecutor(
                HTTP_THREADS, HTTP_THREADS, 60, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Daemons.named("http"));
        pool.allowCoreThreadTimeOut(true);
        this.httpThreads = pool;
        this.timer = Executors.newSingleThreadScheduledExecutor(Daemons.named("timer"));
        this.sandboxes = new Sandboxes(
                config.limits(),
                config.kinds(),
                config.hooks(),
                config.folder().resolve("sandboxes"),
                url.toString(),
                clock);
        var activations = new Activations();
        var invoker = new Invoker(config.kinds(), sandboxes, timer, auth, clock);
        this.dispatcher = new Dispatcher(invoker, activations, clock);
        var calls = new Calls(dispatcher, longestWait);
        var api = new Api(
                Map.of(
                        "actions",
                        new Actions(entities, config.kinds(), sandboxes, calls, clock),
                        "packages",
                        new Packages(entities, clock),
                        "triggers",
                        new Triggers(entities, dispatcher, activations, clock),
                        "rules",
                        new Rules(entities, clock),
                        "activations",
                        new ActivationRecords(activations, invoker::logsSoFar)),
                new WebActions(entities, dispatcher, calls),
                config.kinds());
        http.createContext("/", new Front(api, auth));
        http.setExecutor(httpThreads);
        http.start();
        sandboxes.prewarm();
        timer.scheduleWithFixedDelay(
                sandboxes::reap, REAP_EVERY.toMillis(), REAP_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Where clients connect, without a path: what {@code APIHOST} of wsk takes. */
    public URI url() {
        return url;
    }

    /** The key of the namespace, as {@code uuid:key}. A secret: it is the whole authority over this server. */
    public String auth() {
        return auth;
    }

    Sandboxes sandboxes() {
        return sandboxes;
    }

    static boolean isOwn(String namespace) {
        return namespace.equals("_") || namespace.equals(NAMESPACE);
    }

    /** Stops listening and ends every sandbox; running activations are lost. */
    @Override
    public void close() {
        http.stop(0);
        sandboxes.close();
        dispatcher.close();
        httpThreads.shutdownNow();
        timer.shutdownNow();
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String host(InetSocketAddress bind) {
        if (bind.getAddress().isAnyLocalAddress()) {
            return "127.0.0.1";
        }
        var text = bind.getAddress().getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    private static FileChannel lock(Path folder) throws IOException {
        var channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Another server of this JVM: the same answer as for one of another process.
            channel.close();
            throw new IOException(folder + ": in use by another server");
        }
        channel.close();
        throw new IOException(folder + ": in use by another server");
    }

    private static String auth(Path file) throws IOException {
        if (!Files.exists(file)) {
            var random = new SecureRandom();
            var key = new StringBuilder();
            for (int i = 0; i < 64; i++) {
                key.append("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".charAt(random.nextInt(62)));
            }
            Entities.writeWhole(file, (UUID.randomUUID() + ":" + key).getBytes(StandardCharsets.UTF_8));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        var auth = Files.readString(file).strip();
        if (!auth.matches("[0-9a-f-]{36}:\\w{8,128}")) {
            throw new IOException(file + ": not of the form uuid:key");
        }
        return auth;
    }
}
