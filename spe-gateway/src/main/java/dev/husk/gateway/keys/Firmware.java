package dev.husk.gateway.keys;

import dev.husk.snp.Bytes;
import dev.husk.snp.guest.DerivedKeyRequest;
import dev.husk.snp.guest.SevGuestDevice;
import dev.husk.snp.guest.Sleeper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** What {@link SnpStateKey} asks the processor's firmware for. */
interface Firmware {
    /** The firmware version below which this chip cannot be brought back any more: 8 bytes as a report has them. */
    long committedTcb() throws IOException;

    /** 32 bytes; the caller wipes them. */
    byte[] derive(DerivedKeyRequest request) throws IOException;

    /** The firmware behind {@code /dev/sev-guest}. */
    static Firmware ofThisGuest() {
        return of(SevGuestDevice.PATH);
    }

    /** @param path the device, which is opened with each request */
    static Firmware of(Path path) {
        return new Firmware() {
            private static final int COMMITTED_TCB = 0x1E0;

            @Override
            public long committedTcb() throws IOException {
                // The kernel encrypts this exchange with the firmware, so nobody in between has written the answer.
                byte[] report = device().report(Bytes.copyOf(new byte[64]), 0).toArray();
                return ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN).getLong(COMMITTED_TCB);
            }

            @Override
            public byte[] derive(DerivedKeyRequest request) throws IOException {
                try (var key = device().derivedKey(request)) {
                    return key.copy();
                }
            }

            private SevGuestDevice device() throws IOException {
                return SevGuestDevice.of(path, Sleeper.ofThreads());
            }
        };
    }
}
