package dev.husk.store.minio;

import java.io.InputStream;
import java.util.SplittableRandom;

/** A stream of a given length that looks random, is the same each time, and keeps nothing in memory. */
final class PseudoRandomStream extends InputStream {
    private final SplittableRandom random = new SplittableRandom(42);
    private final byte[] block = new byte[1 << 16];
    private final long length;
    private long position;

    PseudoRandomStream(long length) {
        this.length = length;
    }

    @Override
    public int read() {
        if (position >= length) {
            return -1;
        }
        int at = (int) (position % block.length);
        if (at == 0) {
            random.nextBytes(block);
        }
        position++;
        return block[at] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) {
        int first = count == 0 ? 0 : read();
        if (first < 0 || count == 0) {
            return count == 0 ? 0 : -1;
        }
        target[offset] = (byte) first;
        int at = (int) (position % block.length);
        int more = at == 0 ? 0 : (int) Math.min(Math.min(count - 1, block.length - at), length - position);
        System.arraycopy(block, at, target, offset + 1, more);
        position += more;
        return 1 + more;
    }
}
