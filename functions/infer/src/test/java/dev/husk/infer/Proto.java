package dev.husk.infer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Protobuf, written field by field as a test wants it, right or wrong. */
final class Proto {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Proto number(int field, long value) {
        raw(field << 3);
        raw(value);
        return this;
    }

    Proto text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Proto bytes(int field, byte[] value) {
        raw(field << 3 | 2);
        raw(value.length);
        out.writeBytes(value);
        return this;
    }

    Proto message(int field, Proto value) {
        return bytes(field, value.encoded());
    }

    Proto messages(int field, Proto... values) {
        for (var value : values) {
            message(field, value);
        }
        return this;
    }

    Proto fixed(int field, float value) {
        raw(field << 3 | 5);
        int bits = Float.floatToRawIntBits(value);
        for (int i = 0; i < 4; i++) {
            out.write(bits >>> 8 * i);
        }
        return this;
    }

    /** Anything, such as what is no protobuf. */
    Proto raw(byte... bytes) {
        out.writeBytes(bytes);
        return this;
    }

    private void raw(long varint) {
        long rest = varint;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    byte[] encoded() {
        return out.toByteArray();
    }
}
