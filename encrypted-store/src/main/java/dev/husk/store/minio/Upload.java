package dev.husk.store.minio;

import dev.husk.store.minio.StoreException.Problem;
import io.minio.AbortMultipartUploadArgs;
import io.minio.CompleteMultipartUploadArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectAPIArgs;
import io.minio.UploadPartArgs;
import io.minio.UploadPartResponse;
import io.minio.messages.Part;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One object on its way into the store, in parts of 8 MiB: while one part is sent the next is filled. Only
 * {@link #complete()} makes the object visible, not closing the stream. Not for several threads.
 */
final class Upload extends OutputStream {
    static final int PART = 8 << 20; // the client copies a part as a whole, so three lie in memory at times
    private static final int MOST_PARTS = 10_000; // S3's own limit, so an object has at most 78 GiB

    private final MinioAsyncClient client;
    private final StoreLocation to;
    private final MessageDigest sha256;
    private final List<Part> parts = new ArrayList<>();

    private byte[] buffer = new byte[PART];
    private byte @Nullable [] spare;
    private int filled;
    private long size;
    private @Nullable String id;
    private @Nullable CompletableFuture<UploadPartResponse> sending;

    Upload(MinioAsyncClient client, StoreLocation to) {
        this.client = client;
        this.to = to;
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (filled == PART) {
                send();
            }
            int now = Math.min(length - done, PART - filled);
            System.arraycopy(bytes, offset + done, buffer, filled, now);
            filled += now;
            done += now;
        }
    }

    /** Sends what is left and makes the object visible, in the place of an older one. */
    Stored complete() throws IOException {
        var upload = id;
        if (upload == null) {
            count();
            Answers.await(
                    client.putObject(PutObjectAPIArgs.builder()
                            .bucket(to.bucket())
                            .object(to.key())
                            .data(buffer, filled)
                            .build()),
                    to);
        } else {
            send();
            awaitPart();
            Answers.await(
                    client.completeMultipartUpload(CompleteMultipartUploadArgs.builder()
                            .bucket(to.bucket())
                            .object(to.key())
                            .uploadId(upload)
                            .parts(parts.toArray(Part[]::new))
                            .build()),
                    to);
        }
        return new Stored("sha256:" + HexFormat.of().formatHex(sha256.digest()), size);
    }

    /** Gives up, as far as the store can still be told. */
    void abort() {
        var upload = id;
        if (upload == null) {
            return;
        }
        if (sending != null) {
            sending.handle((part, failure) -> part).join(); // a late part would outlive the upload
        }
        client.abortMultipartUpload(AbortMultipartUploadArgs.builder()
                        .bucket(to.bucket())
                        .object(to.key())
                        .uploadId(upload)
                        .build())
                .handle((answer, failure) -> answer) // parts that stay are not visible; the first failure counts
                .join();
    }

    private void send() throws IOException {
        if (parts.size() + 1 >= MOST_PARTS) {
            throw new StoreException(to.toString(), Problem.TOO_LARGE, "");
        }
        var upload = id;
        if (upload == null) {
            upload = Answers.await(
                            client.createMultipartUpload(CreateMultipartUploadArgs.builder()
                                    .bucket(to.bucket())
                                    .object(to.key())
                                    .build()),
                            to)
                    .result()
                    .uploadId();
            id = upload;
        }
        count();
        awaitPart();
        sending = client.uploadPart(UploadPartArgs.builder()
                .bucket(to.bucket())
                .object(to.key())
                .uploadId(upload)
                .partNumber(parts.size() + 1)
                .data(buffer, filled)
                .build());
        var next = spare == null ? new byte[PART] : spare;
        spare = buffer;
        buffer = next;
        filled = 0;
    }

    private void awaitPart() throws IOException {
        if (sending != null) {
            parts.add(Answers.await(sending, to).part());
            sending = null;
        }
    }

    private void count() {
        sha256.update(buffer, 0, filled);
        size += filled;
    }
}
