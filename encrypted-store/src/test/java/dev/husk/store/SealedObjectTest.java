package dev.husk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedObjectTest {
    private static final int MIB = 1 << 20;
    private static final int FIRST = MIB - 40 - 16;
    private final DataKey key = DataKey.generate();

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(
            ints = {0, 1, 15, 16, 17, 1000, FIRST - 1, FIRST, FIRST + 1, FIRST + MIB - 16, FIRST + MIB - 15, 3 * MIB})
    void whatGoesInComesOutAndTheSealedSizeIsForetold(int size) throws IOException {
        byte[] plain = random(size);
        byte[] sealed = seal(plain, key, "anna-2025");
        assertThat(open(sealed, key, "anna-2025")).isEqualTo(plain);
        assertThat(sealed).hasSize((int) SealedObject.sealedLength(size));
    }

    @Test
    void anyFlippedBitIsNoticedAndTheObjectNamed() throws IOException {
        byte[] sealed = seal(random(200), key, "anna-2025");
        for (int i = 0; i < sealed.length; i++) {
            byte[] tampered = sealed.clone();
            tampered[i] ^= (byte) (1 << (i % 8));
            assertThatThrownBy(() -> open(tampered, key, "anna-2025"))
                    .as("byte %d", i)
                    .isInstanceOf(TamperedObjectException.class)
                    .hasMessageContaining("anna-2025");
        }
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        byte[] sealed = seal(random(200), key, "anna-2025");
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> open(cut, key, "anna-2025"))
                    .as("%d bytes", length)
                    .isInstanceOf(TamperedObjectException.class);
        }
        byte[] longer = Arrays.copyOf(sealed, sealed.length + 1);
        assertThatThrownBy(() -> open(longer, key, "anna-2025")).isInstanceOf(TamperedObjectException.class);
    }

    @Test
    void aWholeSegmentLessMoreOrElsewhereIsNoticed() throws IOException {
        byte[] sealed = seal(random(4 * MIB), key, "x");
        int start = SealedObject.HEADER;
        assertThatThrownBy(() -> open(Arrays.copyOf(sealed, start + MIB), key, "x"))
                .isInstanceOf(TamperedObjectException.class);
        assertThatThrownBy(() -> open(Arrays.copyOf(sealed, start + 3 * MIB), key, "x"))
                .isInstanceOf(TamperedObjectException.class);
        byte[] swapped = sealed.clone();
        System.arraycopy(sealed, start + MIB, swapped, start + 2 * MIB, MIB);
        System.arraycopy(sealed, start + 2 * MIB, swapped, start + MIB, MIB);
        assertThatThrownBy(() -> open(swapped, key, "x")).isInstanceOf(TamperedObjectException.class);
    }

    @Test
    void anotherKeyOrAnotherIdentityDoesNotOpenIt() throws IOException {
        byte[] sealed = seal(random(50), key, "anna-2025");
        assertThatThrownBy(() -> open(sealed, DataKey.generate(), "anna-2025"))
                .isInstanceOf(TamperedObjectException.class);
        assertThatThrownBy(() -> open(sealed, key, "berta-2025")).isInstanceOf(TamperedObjectException.class);
    }

    @Test
    void twoObjectsUnderOneKeyShareNoBytes() throws IOException {
        assertThat(seal(new byte[100], key, "a")).isNotEqualTo(seal(new byte[100], key, "a"));
    }

    @Test
    void anyPositionCanBeRead(@TempDir Path folder) throws IOException {
        byte[] plain = random(2 * MIB + 77);
        var file = Files.write(folder.resolve("sealed"), seal(plain, key, "x"));
        try (var channel = SealedObject.channel(FileChannel.open(file), key, "x")) {
            assertThat(channel.size()).isEqualTo(plain.length);
            for (int position : new int[] {2 * MIB + 70, 0, FIRST - 3, MIB, 5, plain.length - 1}) {
                int length = Math.min(10, plain.length - position);
                var target = ByteBuffer.allocate(length);
                channel.position(position);
                while (target.hasRemaining() && channel.read(target) >= 0) {
                    // A channel may give less than was asked for.
                }
                assertThat(target.array()).isEqualTo(Arrays.copyOfRange(plain, position, position + length));
            }
        }
        byte[] tampered = Files.readAllBytes(file);
        tampered[MIB + 100] ^= 1;
        Files.write(file, tampered);
        try (var channel = SealedObject.channel(FileChannel.open(file), key, "x")) {
            channel.position(MIB + 200);
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(TamperedObjectException.class);
        }
    }

    @Test
    void aBrokenTransportIsNotCalledTampering() throws IOException {
        byte[] sealed = seal(random(3 * MIB), key, "x");
        var broken = new InputStream() {
            private int position;

            @Override
            public int read() throws IOException {
                if (position > MIB + 500) {
                    throw new IOException("connection reset");
                }
                return sealed[position++] & 0xff;
            }
        };
        assertThatThrownBy(() -> SealedObject.reader(broken, key, "x").readAllBytes())
                .hasMessage("connection reset");
    }

    @Test
    void theSealedLengthOfALongStreamIsForetold() throws IOException {
        long size = 64L * MIB;
        var counting = new OutputStream() {
            private long count;

            @Override
            public void write(int b) {
                count++;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                count += length;
            }
        };
        byte[] block = random(MIB);
        try (var out = SealedObject.writer(counting, key, "big")) {
            for (long written = 0; written < size; written += block.length) {
                out.write(block);
            }
        }
        assertThat(counting.count).isEqualTo(SealedObject.sealedLength(size));
    }

    @Test
    void aClosedKeySealsNothingAndNoKeyPrintsItself() {
        var closed = DataKey.of(new byte[32]);
        closed.close();
        assertThatThrownBy(() -> SealedObject.writer(new ByteArrayOutputStream(), closed, "x"))
                .isInstanceOf(IllegalStateException.class);
        assertThat(key).hasToString("DataKey");
        assertThatThrownBy(() -> DataKey.of(new byte[16])).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] seal(byte[] plain, DataKey key, String identity) throws IOException {
        var sealed = new ByteArrayOutputStream();
        try (var out = SealedObject.writer(sealed, key, identity)) {
            out.write(plain);
        }
        return sealed.toByteArray();
    }

    private static byte[] open(byte[] sealed, DataKey key, String identity) throws IOException {
        try (var in = SealedObject.reader(new ByteArrayInputStream(sealed), key, identity)) {
            return in.readAllBytes();
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
