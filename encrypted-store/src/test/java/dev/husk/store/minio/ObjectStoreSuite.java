package dev.husk.store.minio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import dev.husk.store.TamperedObjectException;
import dev.husk.store.minio.StoreException.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold on every S3 server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ObjectStoreSuite {
    private static final int MIB = 1 << 20;
    private static final String BUCKET = "husk";

    private final DataKey key = DataKey.generate();
    private StoreProcess process;
    private ObjectStore store;

    abstract StoreProcess start(Path folder) throws IOException, InterruptedException;

    @BeforeAll
    void open(@TempDir Path folder) throws IOException, InterruptedException {
        process = start(folder);
        store = process.connect();
        store.ensureBucket(BUCKET);
    }

    @AfterAll
    void close() {
        if (process != null) {
            store.close();
            process.close();
        }
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {0, 1, 1000, MIB, Upload.PART - 64, Upload.PART, Upload.PART + 1, 2 * Upload.PART + 12345})
    void whatIsPutComesBackAndTheStoreHoldsWhatWasSaid(int size) throws Exception {
        byte[] plain = random(size);
        var at = at("round/trip " + size + "+ä.csv");
        var progress = new ArrayList<Long>();
        var stored = store.putSealed(at, new ByteArrayInputStream(plain), key, "trip", progress::add);

        assertThat(get(at, "trip")).isEqualTo(plain);
        assertThat(stored.size()).isEqualTo(SealedObject.sealedLength(size)).isEqualTo(store.size(at));
        byte[] raw = raw(at);
        assertThat(stored.sha256())
                .isEqualTo("sha256:"
                        + HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(raw)));
        assertThat(progress).isSorted();
        assertThat(size == 0 ? progress : progress.subList(progress.size() - 1, progress.size()))
                .isEqualTo(size == 0 ? List.of() : List.of((long) size));
        assertThat(store.head(at, 8)).startsWith("HUSKobj".getBytes());
        assertThat(store.head(at, Integer.MAX_VALUE)).isEqualTo(raw);
    }

    @Test
    void anyPositionCanBeReadInAnyOrder() throws Exception {
        byte[] plain = random(3 * RangedObject.RANGE + 77);
        var at = put("positions", plain);
        try (var channel = store.channelSealed(at, key, "positions")) {
            assertThat(channel.size()).isEqualTo(plain.length);
            for (int position : new int[] {plain.length - 3, 0, RangedObject.RANGE - 5, 2 * RangedObject.RANGE, 17}) {
                var target = ByteBuffer.allocate(Math.min(1000, plain.length - position));
                channel.position(position);
                while (target.hasRemaining() && channel.read(target) >= 0) {
                    // A channel may give less than was asked for.
                }
                assertThat(target.array()).isEqualTo(Arrays.copyOfRange(plain, position, position + target.capacity()));
            }
        }
    }

    @Test
    void aChangedByteIsNoticedWhereverItIs() throws Exception {
        byte[] sealed = raw(put("tampered", random(6 * MIB)));
        var at = at("tampered");
        for (int i : new int[] {0, 7, 8, 30, MIB, 5 * MIB, sealed.length - 1}) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            overwrite(at, changed);
            assertThatThrownBy(() -> get(at, "tampered"))
                    .as("byte %d", i)
                    .isInstanceOf(TamperedObjectException.class)
                    .hasMessageContaining("tampered");
        }
    }

    @ParameterizedTest(name = "{0} bytes are left")
    @ValueSource(ints = {0, 5, 8, 48, 8 + MIB, 8 + 2 * MIB, 2 * MIB + 500})
    void aTruncatedObjectIsNoticed(int left) throws Exception {
        byte[] sealed = raw(put("truncated", random(3 * MIB)));
        overwrite(at("truncated"), Arrays.copyOf(sealed, left));
        assertThatThrownBy(() -> get(at("truncated"), "truncated")).isInstanceOf(TamperedObjectException.class);
    }

    @Test
    void anObjectInThePlaceOfAnotherIsNoticed() throws Exception {
        byte[] anna = raw(put("anna", random(1000)));
        byte[] berta = raw(put("berta", random(1000)));
        overwrite(at("anna"), berta);
        overwrite(at("berta"), anna);
        assertThatThrownBy(() -> get(at("anna"), "anna")).isInstanceOf(TamperedObjectException.class);
        assertThatThrownBy(() -> get(at("berta"), "berta")).isInstanceOf(TamperedObjectException.class);
        try (var in = store.getSealed(at("anna"), DataKey.generate(), "berta")) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(TamperedObjectException.class);
        }
    }

    @Test
    void anObjectThatIsReplacedWhileItIsReadIsSaidToBe() throws Exception {
        var at = put("replaced", random(5 * RangedObject.RANGE));
        try (var in = store.getSealed(at, key, "replaced")) {
            in.readNBytes(1000);
            put("replaced", random(5 * RangedObject.RANGE));
            assertThatThrownBy(in::readAllBytes)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("replaced");
        }
    }

    @Test
    void aMissingObjectIsNamed() {
        var at = at("nowhere");
        assertThat(problem(() -> get(at, "x"))).isEqualTo(Problem.NO_SUCH_OBJECT);
        assertThat(problem(() -> store.size(at))).isEqualTo(Problem.NO_SUCH_OBJECT);
        assertThat(problem(() -> store.head(at, 1))).isEqualTo(Problem.NO_SUCH_OBJECT);
        assertThatThrownBy(() -> store.size(at))
                .hasMessage("s3://husk/nowhere: no such object in the store; check the name, or upload it first");
        var elsewhere = new StoreLocation("no-such-bucket", "x");
        assertThat(problem(() -> store.putSealed(elsewhere, new ByteArrayInputStream(new byte[1]), key, "x", n -> {})))
                .isEqualTo(Problem.NO_SUCH_BUCKET);
    }

    @Test
    void deletingTwiceIsNoFailure() throws Exception {
        var at = put("deleted", random(10));
        store.delete(at);
        assertThat(problem(() -> store.size(at))).isEqualTo(Problem.NO_SUCH_OBJECT);
        store.delete(at);
    }

    @Test
    void aBucketIsMadeOnceHoweverOftenItIsAskedFor() throws Exception {
        store.ensureBucket("another");
        store.ensureBucket("another");
        var at = new StoreLocation("another", "x");
        store.putSealed(at, new ByteArrayInputStream(new byte[3]), key, "x", n -> {});
        assertThat(get(at, "x")).hasSize(3);
    }

    @Test
    void wrongCredentialsAreRefusedAndSaidToBe() throws Exception {
        var at = put("secret", random(10));
        try (var wrong = ObjectStore.connect(process.endpoint(), StoreProcess.ACCESS_KEY, "wrong-secret-key");
                var unknown = ObjectStore.connect(process.endpoint(), "nobody", StoreProcess.SECRET_KEY)) {
            for (var intruder : List.of(wrong, unknown)) {
                assertThat(problem(() -> intruder.size(at))).isEqualTo(Problem.ACCESS_DENIED);
                assertThat(problem(() -> intruder.getSealed(at, key, "secret"))).isEqualTo(Problem.ACCESS_DENIED);
                assertThat(problem(
                                () -> intruder.putSealed(at, new ByteArrayInputStream(new byte[9]), key, "x", n -> {})))
                        .isEqualTo(Problem.ACCESS_DENIED);
                assertThat(problem(() -> intruder.ensureBucket("more"))).isEqualTo(Problem.ACCESS_DENIED);
            }
        }
        assertThat(get(at, "secret")).hasSize(10);
    }

    @Test
    void presignedAddressesReadAndWriteAndNothingElse() throws Exception {
        byte[] sealed = raw(put("presigned", random(100_000)));
        var get = store.presignGet(at("presigned"), Duration.ofMinutes(1));
        assertThat(send(HttpRequest.newBuilder(get).GET()).body()).isEqualTo(sealed);
        var range = send(HttpRequest.newBuilder(get).header("Range", "bytes=10-19"));
        assertThat(range.statusCode()).isEqualTo(206);
        assertThat(range.body()).isEqualTo(Arrays.copyOfRange(sealed, 10, 20));
        assertThat(put(get, new byte[1])).isEqualTo(403);

        var put = store.presignPut(at("copy"), Duration.ofMinutes(1));
        assertThat(put(put, sealed)).isEqualTo(200);
        assertThat(get(at("copy"), "presigned")).hasSize(100_000);
        assertThat(send(HttpRequest.newBuilder(put).GET()).statusCode()).isEqualTo(403);
        var elsewhere = URI.create(put.toString().replace("/copy?", "/other?"));
        // One byte: a server that refuses a large body unread may reset the connection before its answer is read.
        assertThat(put(elsewhere, new byte[1])).isEqualTo(403);
    }

    @Test
    void anAddressThatIsOverIsRefused() throws Exception {
        var at = put("expired", random(10));
        var get = store.presignGet(at, Duration.ofSeconds(1));
        var put = store.presignPut(at, Duration.ofSeconds(1));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (send(HttpRequest.newBuilder(get).GET()).statusCode() == 200 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(send(HttpRequest.newBuilder(get).GET()).statusCode()).isEqualTo(403);
        assertThat(put(put, new byte[10])).isEqualTo(403);
        assertThat(get(at, "expired")).hasSize(10);
    }

    @ParameterizedTest(name = "after {0} bytes")
    @ValueSource(ints = {0, 1000, Upload.PART + 5, 3 * Upload.PART})
    void aSourceThatFailsLeavesNothingBehind(int before) throws Exception {
        var at = at("failed-" + before);
        assertThatThrownBy(() -> store.putSealed(at, failing(before), key, "failed", n -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk went away");
        assertThat(problem(() -> store.size(at))).isEqualTo(Problem.NO_SUCH_OBJECT);

        put("failed-" + before, random(10));
        assertThatThrownBy(() -> store.putSealed(at, failing(before), key, "failed", n -> {}))
                .hasMessage("the disk went away");
        assertThat(get(at, "failed-" + before)).hasSize(10);
    }

    @Test
    void aListenerThatFailsLeavesNothingBehind() {
        var at = at("listener");
        assertThatThrownBy(() -> store.putSealed(at, new ByteArrayInputStream(new byte[9]), key, "x", n -> {
                    throw new IllegalStateException("no more");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(problem(() -> store.size(at))).isEqualTo(Problem.NO_SUCH_OBJECT);
    }

    @Test
    void aSmallHeapIsEnoughForALargeObject() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var child = new ProcessBuilder(
                        java,
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeObject.class.getName(),
                        process.endpoint().toString(),
                        at("large").toString(),
                        "256")
                .redirectErrorStream(true)
                .start();
        var output = new String(child.getInputStream().readAllBytes());
        System.out.println(getClass().getSimpleName() + ": " + output.strip());
        assertThat(child.waitFor()).as(output).isZero();
        assertThat(output).contains((256L << 20) + " bytes back");
        store.delete(at("large"));
    }

    private static StoreLocation at(String key) {
        return new StoreLocation(BUCKET, key);
    }

    private StoreLocation put(String name, byte[] plain) throws IOException {
        store.putSealed(at(name), new ByteArrayInputStream(plain), key, name, n -> {});
        return at(name);
    }

    private byte[] get(StoreLocation at, String identity) throws IOException {
        try (var in = store.getSealed(at, key, identity)) {
            return in.readAllBytes();
        }
    }

    private byte[] raw(StoreLocation at) throws Exception {
        return send(HttpRequest.newBuilder(store.presignGet(at, Duration.ofMinutes(5))))
                .body();
    }

    private void overwrite(StoreLocation at, byte[] content) throws Exception {
        assertThat(put(store.presignPut(at, Duration.ofMinutes(5)), content)).isEqualTo(200);
    }

    private int put(URI address, byte[] content) throws Exception {
        return send(HttpRequest.newBuilder(address).PUT(HttpRequest.BodyPublishers.ofByteArray(content)))
                .statusCode();
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        // A connection of its own: one that a refusal has closed must not be used again.
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static InputStream failing(int after) {
        return new SequenceInputStream(new PseudoRandomStream(after), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the disk went away");
            }
        });
    }

    private static Problem problem(ThrowingCallable action) {
        var e = catchThrowableOfType(StoreException.class, action);
        assertThat(e).isNotNull();
        assertThat(e.getMessage()).startsWith("s3://").doesNotContain("\n").hasSizeLessThan(300);
        return e.problem();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
