package dev.husk.protocol.seal;

import java.util.Arrays;

/** An envelope: the encapsulated key (32 bytes) and the ciphertext with its tag. The arrays are the caller's. */
@SuppressWarnings("ArrayRecordComponent")
public record Sealed(byte[] enc, byte[] ciphertext) {
    @Override
    public boolean equals(Object other) {
        return other instanceof Sealed that
                && Arrays.equals(enc, that.enc)
                && Arrays.equals(ciphertext, that.ciphertext);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(enc) + Arrays.hashCode(ciphertext);
    }

    @Override
    public String toString() {
        return "Sealed[" + ciphertext.length + " bytes]";
    }
}
