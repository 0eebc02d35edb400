package dev.husk.store;

import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * The sealed object, format 1: a header of {@value #HEADER} bytes, then Tink's AES256-GCM-HKDF streaming AEAD in
 * segments of 1 MiB ({@code docs/decisions/0001-object-format.md}).
 *
 * <p>Security guarantees: confidentiality of the content; bytes come out only when their segment is authentic; no
 * truncation, reordering or exchange of objects goes unnoticed, for the identity is a part of what is authenticated.
 *
 * <p>Restrictions: what was read of a stream is authentic, but only a stream read to its end is known to be whole. A
 * lost key is lost data. The size shows.
 */
public final class SealedObject {
    /** Length of the header, in bytes. */
    public static final int HEADER = 8;

    private static final byte[] MAGIC = {'H', 'U', 'S', 'K', 'o', 'b', 'j', 1};
    private static final int SEGMENT = 1 << 20;
    private static final int STREAM_HEADER = 40;
    private static final int TAG = 16;

    private SealedObject() {}

    /**
     * Starts a sealed object on {@code ciphertext}. Only closing the stream completes it, and closes the other one.
     *
     * @param identity which object this is; the same must be given to read it
     */
    public static OutputStream writer(OutputStream ciphertext, DataKey key, String identity) throws IOException {
        ciphertext.write(MAGIC);
        try {
            return new Writer(aead(key).newEncryptingStream(ciphertext, associated(identity)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a 32 byte key suits the format", e);
        }
    }

    /** Reads a sealed object from its start. Reading fails with {@link TamperedObjectException}. */
    public static InputStream reader(InputStream ciphertext, DataKey key, String identity) throws IOException {
        byte[] header = ciphertext.readNBytes(HEADER);
        requireHeader(header, identity);
        try {
            return new Reader(aead(key).newDecryptingStream(ciphertext, associated(identity)), identity);
        } catch (GeneralSecurityException e) {
            throw new TamperedObjectException(identity, "not authentic under this key");
        } catch (EOFException e) {
            throw new TamperedObjectException(identity, "cut short");
        }
    }

    /** Reads a sealed object at any position; each segment is checked before a byte of it comes out. */
    public static SeekableByteChannel channel(SeekableByteChannel ciphertext, DataKey key, String identity)
            throws IOException {
        var header = ByteBuffer.allocate(HEADER);
        ciphertext.position(0);
        while (header.hasRemaining() && ciphertext.read(header) >= 0) {
            // A channel may give less than was asked for.
        }
        requireHeader(Arrays.copyOf(header.array(), header.position()), identity);
        try {
            return new SealedChannel(
                    aead(key).newSeekableDecryptingChannel(new ShiftedChannel(ciphertext), associated(identity)),
                    identity);
        } catch (GeneralSecurityException e) {
            throw new TamperedObjectException(identity, "not authentic under this key");
        } catch (IOException e) {
            throw SealedChannel.tampered(identity, e);
        }
    }

    /** How long the sealed form of {@code length} plain bytes is. */
    public static long sealedLength(long length) {
        long first = SEGMENT - STREAM_HEADER - TAG;
        long segments = length <= first ? 1 : 1 + (length - first + SEGMENT - TAG - 1) / (SEGMENT - TAG);
        return HEADER + STREAM_HEADER + length + segments * TAG;
    }

    private static void requireHeader(byte[] header, String identity) throws TamperedObjectException {
        if (header.length < HEADER) {
            throw new TamperedObjectException(identity, "cut short");
        }
        if (!Arrays.equals(header, MAGIC)) {
            throw new TamperedObjectException(identity, "not a sealed object of a known version");
        }
    }

    private static byte[] associated(String identity) {
        byte[] name = identity.getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(MAGIC, MAGIC.length + name.length);
        System.arraycopy(name, 0, all, MAGIC.length, name.length);
        return all;
    }

    private static StreamingAead aead(DataKey key) {
        byte[] bytes = key.copy();
        try {
            return new AesGcmHkdfStreaming(bytes, "HmacSha256", DataKey.SIZE, SEGMENT, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a 32 byte key suits the format", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Counts for {@link GcmWarmUp}. */
    private static final class Writer extends OutputStream {
        private final OutputStream plain;
        private long passed;

        Writer(OutputStream plain) {
            this.plain = plain;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            plain.write(source, offset, length);
            passed += length;
            GcmWarmUp.passed(passed);
        }

        @Override
        public void flush() throws IOException {
            plain.flush();
        }

        @Override
        public void close() throws IOException {
            plain.close();
        }
    }

    /** Gives Tink's failures the object's name, and counts for {@link GcmWarmUp}. */
    private static final class Reader extends InputStream {
        private final InputStream plain;
        private final String identity;
        private long passed;

        Reader(InputStream plain, String identity) {
            this.plain = plain;
            this.identity = identity;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                int n = plain.read(target, offset, length);
                passed += Math.max(n, 0);
                GcmWarmUp.passed(passed);
                return n;
            } catch (IOException e) {
                throw SealedChannel.tampered(identity, e);
            }
        }

        @Override
        public void close() throws IOException {
            plain.close();
        }
    }
}
