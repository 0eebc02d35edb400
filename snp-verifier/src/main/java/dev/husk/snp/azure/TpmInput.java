package dev.husk.snp.azure;

import dev.husk.snp.Bytes;
import java.nio.ByteBuffer;

/** A TPM structure, read from its start; numbers are big-endian (TPM 2.0 library, part 2, section 4.2). */
final class TpmInput {
    private final ByteBuffer in;
    private final String part;

    TpmInput(byte[] encoded, String part) {
        this.in = ByteBuffer.wrap(encoded);
        this.part = part;
    }

    int position() {
        return in.position();
    }

    MalformedAzureEvidenceException malformed(int offset, String problem) {
        return MalformedAzureEvidenceException.at(part, offset, problem);
    }

    private void require(int size) throws MalformedAzureEvidenceException {
        if (in.remaining() < size) {
            throw malformed(in.limit(), "ends where %d more bytes belong".formatted(size - in.remaining()));
        }
    }

    int u8() throws MalformedAzureEvidenceException {
        require(1);
        return in.get() & 0xff;
    }

    int u16() throws MalformedAzureEvidenceException {
        require(2);
        return in.getShort() & 0xffff;
    }

    int u32() throws MalformedAzureEvidenceException {
        require(4);
        return in.getInt();
    }

    long u64() throws MalformedAzureEvidenceException {
        require(8);
        return in.getLong();
    }

    Bytes bytes(int size) throws MalformedAzureEvidenceException {
        require(size);
        byte[] bytes = new byte[size];
        in.get(bytes);
        return Bytes.copyOf(bytes);
    }

    /** A TPM2B: two bytes of size, then so many bytes. */
    Bytes sized(String name, int most) throws MalformedAzureEvidenceException {
        int at = position();
        int size = u16();
        if (size > most) {
            throw malformed(at, "%s of %d bytes, at most %d".formatted(name, size, most));
        }
        return bytes(size);
    }

    void requireU16(int expected, String problem) throws MalformedAzureEvidenceException {
        int at = position();
        if (u16() != expected) {
            throw malformed(at, problem);
        }
    }

    void requireU32(int expected, String problem) throws MalformedAzureEvidenceException {
        int at = position();
        if (u32() != expected) {
            throw malformed(at, problem);
        }
    }

    void requireEnd() throws MalformedAzureEvidenceException {
        if (in.hasRemaining()) {
            throw malformed(in.position(), in.remaining() + " bytes too many");
        }
    }
}
