package dev.husk.store.minio;

import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import io.minio.RemoveObjectArgs;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.errors.MinioException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Sealed objects in an S3 store. Safe to share between threads; a stream or channel that comes out of it is not.
 *
 * <p>Every failure is an {@link IOException} of one clear line: {@link StoreException} where the store is to blame,
 * {@link dev.husk.store.TamperedObjectException} where the object is not what was sealed.
 */
public final class ObjectStore implements AutoCloseable {
    private static final Duration LONGEST_PRESIGNED = Duration.ofDays(7);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration TRANSFER = Duration.ofSeconds(60);

    private final MinioAsyncClient client;
    private final URI endpoint;

    private ObjectStore(MinioAsyncClient client, URI endpoint) {
        this.client = client;
        this.endpoint = endpoint;
    }

    /**
     * The store at an address such as {@code http://127.0.0.1:9000}. Nothing is sent yet, so a wrong address or key
     * shows at the first request.
     */
    public static ObjectStore connect(URI endpoint, String accessKey, String secretKey) {
        var scheme = String.valueOf(endpoint.getScheme());
        var path = String.valueOf(endpoint.getPath());
        if (!scheme.equals("http") && !scheme.equals("https")
                || endpoint.getHost() == null
                || !path.isEmpty() && !path.equals("/")) {
            throw new IllegalArgumentException("a store's address is http(s)://host:port, not " + endpoint);
        }
        var builder = MinioAsyncClient.builder()
                .endpoint(scheme + "://" + endpoint.getAuthority())
                .credentials(accessKey, secretKey);
        if (!endpoint.getHost().endsWith(".amazonaws.com")) {
            builder.region("us-east-1"); // else the client asks for it before its first request to each bucket
        }
        if (scheme.equals("http")) {
            builder.httpClient(withoutTls(), true);
        }
        var client = builder.build();
        client.setTimeout(CONNECT.toMillis(), TRANSFER.toMillis(), TRANSFER.toMillis());
        return new ObjectStore(client, endpoint);
    }

    /** As the client's own, but loads no trust store, which takes longer than anything else here. */
    private static OkHttpClient withoutTls() {
        return new OkHttpClient.Builder()
                .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT))
                .protocols(List.of(Protocol.HTTP_1_1))
                .addInterceptor(new Http.StatusRetryInterceptor())
                .build();
    }

    /** Makes a bucket where there is none of that name. */
    public void ensureBucket(String bucket) throws IOException {
        var exists = BucketExistsArgs.builder().bucket(bucket).build();
        var what = "s3://" + bucket;
        if (Answers.await(client.bucketExists(exists), what)) {
            return;
        }
        var made = client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build());
        try {
            Answers.await(made, what);
        } catch (StoreException e) {
            // Someone else may have been faster.
            if (!Answers.await(client.bucketExists(exists), what)) {
                throw e;
            }
        }
    }

    /**
     * Seals a stream into the store. The object appears whole when this returns, and not at all when it throws; an
     * older one of that name stays until then.
     *
     * @param plain read to its end, not closed
     * @param identity which object this is; the same must be given to read it
     * @param plainBytesDone is told how many bytes of {@code plain} were taken so far, now and then
     */
    public Stored putSealed(
            StoreLocation to, InputStream plain, DataKey key, String identity, LongConsumer plainBytesDone)
            throws IOException {
        var upload = new Upload(client, to);
        boolean done = false;
        try {
            var sealed = SealedObject.writer(upload, key, identity);
            byte[] block = new byte[1 << 16];
            long taken = 0;
            for (int n = plain.read(block); n >= 0; n = plain.read(block)) {
                sealed.write(block, 0, n);
                taken += n;
                plainBytesDone.accept(taken);
            }
            sealed.close();
            var stored = upload.complete();
            done = true;
            return stored;
        } finally {
            if (!done) {
                upload.abort();
            }
        }
    }

    /** Reads a sealed object from its start, fetching ahead. What comes out is authentic, and whole at its end. */
    public InputStream getSealed(StoreLocation from, DataKey key, String identity) throws IOException {
        return SealedObject.reader(Channels.newInputStream(ranged(from)), key, identity);
    }

    /** Reads a sealed object at any position. */
    public SeekableByteChannel channelSealed(StoreLocation from, DataKey key, String identity) throws IOException {
        return SealedObject.channel(ranged(from), key, identity);
    }

    /** The size of the object as it lies in the store. */
    public long size(StoreLocation location) throws IOException {
        return stat(location).size();
    }

    /** The first {@code n} bytes as they lie in the store, or all where there are fewer. */
    public byte[] head(StoreLocation location, int n) throws IOException {
        var stat = stat(location);
        int length = (int) Math.min(n, stat.size());
        return length == 0 ? new byte[0] : Answers.await(range(location, stat.etag(), 0, length), location);
    }

    /** An address under which anyone can read the object for a while. Asks nothing of the store. */
    public URI presignGet(StoreLocation location, Duration validity) throws IOException {
        return presign(Http.Method.GET, location, validity);
    }

    /** An address under which anyone can write the object for a while, in one PUT. Asks nothing of the store. */
    public URI presignPut(StoreLocation location, Duration validity) throws IOException {
        return presign(Http.Method.PUT, location, validity);
    }

    /** Deletes an object; one that is not there is no failure. */
    public void delete(StoreLocation location) throws IOException {
        Answers.await(
                client.removeObject(RemoveObjectArgs.builder()
                        .bucket(location.bucket())
                        .object(location.key())
                        .build()),
                location);
    }

    /** Ends the connections, and the threads that would keep the JVM alive for a minute. */
    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return "ObjectStore[" + endpoint + "]";
    }

    private RangedObject ranged(StoreLocation location) throws IOException {
        var stat = stat(location);
        return new RangedObject(
                location, stat.size(), (offset, length) -> range(location, stat.etag(), offset, length));
    }

    private StatObjectResponse stat(StoreLocation location) throws IOException {
        return Answers.await(
                client.statObject(StatObjectArgs.builder()
                        .bucket(location.bucket())
                        .object(location.key())
                        .build()),
                location);
    }

    /** @param etag of the object that was looked at; a store of files has none where a file was put there by hand */
    private CompletableFuture<byte[]> range(StoreLocation location, @Nullable String etag, long offset, int length) {
        var request = GetObjectArgs.builder()
                .bucket(location.bucket())
                .object(location.key())
                .offset(offset)
                .length((long) length);
        if (etag != null && !etag.isEmpty()) {
            request.matchETag(etag);
        }
        return client.getObject(request.build()).thenApply(body -> {
            try (body) {
                byte[] bytes = body.readNBytes(length);
                if (bytes.length < length) {
                    throw new EOFException("the connection ended early");
                }
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private URI presign(Http.Method method, StoreLocation location, Duration validity) throws IOException {
        if (validity.toSeconds() < 1 || validity.compareTo(LONGEST_PRESIGNED) > 0) {
            throw new IllegalArgumentException("an address is valid for a second to seven days, not " + validity);
        }
        try {
            return URI.create(client.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder()
                    .method(method)
                    .bucket(location.bucket())
                    .object(location.key())
                    .expiry((int) validity.toSeconds())
                    .build()));
        } catch (MinioException e) {
            throw Answers.failure(e, location);
        }
    }
}
