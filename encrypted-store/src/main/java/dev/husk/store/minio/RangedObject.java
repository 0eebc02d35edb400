package dev.husk.store.minio;

import dev.husk.store.minio.StoreException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * An object of the store, read in ranges of 4 MiB. Who reads on gets the next two ranges fetched ahead; who jumps
 * does not pay for that. A range whose connection breaks is asked for again. Not for several threads.
 */
final class RangedObject implements SeekableByteChannel {
    static final int RANGE = 4 << 20;
    private static final int AHEAD = 2;
    private static final int ATTEMPTS = 3;

    /** Fetches bytes of one and the same version of the object. */
    interface Fetch {
        CompletableFuture<byte[]> range(long offset, int length);
    }

    private record Coming(long index, CompletableFuture<byte[]> bytes) {}

    private final StoreLocation location;
    private final long size;
    private final Fetch fetch;
    private final Deque<Coming> coming = new ArrayDeque<>();

    private byte[] current = new byte[0];
    private long index = -1;
    private long position;
    private boolean open = true;

    RangedObject(StoreLocation location, long size, Fetch fetch) {
        this.location = location;
        this.size = size;
        this.fetch = fetch;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        requireOpen();
        if (position >= size) {
            return -1;
        }
        long wanted = position / RANGE;
        if (wanted != index) {
            load(wanted);
        }
        int from = (int) (position % RANGE);
        int length = Math.min(target.remaining(), current.length - from);
        target.put(current, from, length);
        position += length;
        return length;
    }

    private void load(long wanted) throws IOException {
        boolean readsOn = wanted == index + 1;
        while (!coming.isEmpty() && coming.getFirst().index() != wanted) {
            coming.removeFirst();
        }
        current = coming.isEmpty()
                ? await(fetch(wanted), wanted)
                : await(coming.removeFirst().bytes(), wanted);
        index = wanted;
        if (!readsOn) {
            coming.clear();
            return;
        }
        long next = wanted + coming.size() + 1;
        while (coming.size() < AHEAD && next * RANGE < size) {
            coming.addLast(new Coming(next, fetch(next)));
            next++;
        }
    }

    private CompletableFuture<byte[]> fetch(long wanted) {
        long offset = wanted * RANGE;
        return fetch.range(offset, (int) Math.min(RANGE, size - offset));
    }

    private byte[] await(CompletableFuture<byte[]> first, long wanted) throws IOException {
        var bytes = first;
        for (int attempt = 1; ; attempt++) {
            try {
                return Answers.await(bytes, location);
            } catch (StoreException e) {
                if (e.problem() != Problem.NO_ANSWER || attempt == ATTEMPTS) {
                    throw e;
                }
                bytes = fetch(wanted);
            }
        }
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public long position() throws IOException {
        requireOpen();
        return position;
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        requireOpen();
        if (position < 0) {
            throw new IllegalArgumentException("a position is not negative");
        }
        this.position = position;
        return this;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        return size;
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        coming.clear();
        current = new byte[0];
        index = -1;
    }

    private void requireOpen() throws ClosedChannelException {
        if (!open) {
            throw new ClosedChannelException();
        }
    }
}
