package dev.husk.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.snp.guest.DerivedKeyRequest;
import dev.husk.snp.guest.DerivedKeyRequest.Field;
import dev.husk.snp.guest.DerivedKeyRequest.RootKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnpStateKeyTest {
    @TempDir
    Path folder;

    /** Derives as the firmware says it does: from the chip, and from each field of the guest that is selected. */
    private static final class FakeFirmware implements Firmware {
        String chip = "chip 1";
        String measurement = "gateway 1";
        String policy = "no debug";
        long committed = 0x4800_0000_0000_0009L;

        @Override
        public long committedTcb() {
            return committed;
        }

        @Override
        public byte[] derive(DerivedKeyRequest request) throws IOException {
            // Of this fake's TCB versions only the last byte moves.
            if (Long.compareUnsigned(request.tcbVersion(), committed) > 0) {
                throw new IOException("INVALID_PARAM");
            }
            assertThat(request.rootKey()).isEqualTo(RootKey.VCEK);
            assertThat(request.fields()).contains(Field.TCB_VERSION);
            try {
                var mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(chip.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                if (request.fields().contains(Field.MEASUREMENT)) {
                    mac.update(measurement.getBytes(StandardCharsets.UTF_8));
                }
                if (request.fields().contains(Field.GUEST_POLICY)) {
                    mac.update(policy.getBytes(StandardCharsets.UTF_8));
                }
                return mac.doFinal(
                        ByteBuffer.allocate(8).putLong(request.tcbVersion()).array());
            } catch (java.security.GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private final FakeFirmware firmware = new FakeFirmware();

    private SnpStateKey source() {
        return new SnpStateKey(folder.resolve("state.sealed"), firmware);
    }

    @Test
    void theSameSoftwareOnTheSameChipOpensIt() throws Exception {
        assertThat(source().obtain()).isEmpty();
        byte[] key = StateKey.generate();
        source().keep(key);
        assertThat(source().obtain().orElseThrow()).isEqualTo(key);
        assertThat(source().warning()).isEmpty();
    }

    @Test
    void theKeyDoesNotLieInTheFile() throws Exception {
        byte[] key = StateKey.generate();
        source().keep(key);
        byte[] file = Files.readAllBytes(folder.resolve("state.sealed"));
        for (int i = 0; i + key.length <= file.length; i++) {
            assertThat(Arrays.copyOfRange(file, i, i + key.length)).isNotEqualTo(key);
        }
    }

    @Test
    void anotherChipOtherSoftwareOrAnotherPolicyDoesNotOpenIt() throws Exception {
        source().keep(StateKey.generate());
        firmware.chip = "chip 2";
        refused();
        firmware.chip = "chip 1";
        firmware.measurement = "gateway 2";
        refused();
        firmware.measurement = "gateway 1";
        firmware.policy = "debug";
        refused();
        firmware.policy = "no debug";
        assertThat(source().obtain()).isPresent();
    }

    private void refused() {
        assertThatThrownBy(() -> source().obtain())
                .isInstanceOf(UnusableStateKeyException.class)
                .hasMessageContaining("does not open");
    }

    @Test
    void afterAFirmwareUpdateTheFileIsSealedForTheNewVersionAndRolledBackFirmwareOpensItNoMore() throws Exception {
        byte[] key = StateKey.generate();
        source().keep(key);
        firmware.committed++;
        assertThat(source().obtain().orElseThrow()).isEqualTo(key);
        firmware.committed--;
        assertThatThrownBy(() -> source().obtain()).isInstanceOf(IOException.class);
    }

    @Test
    void everyFlippedByteAndEveryTruncationIsNoticed() throws Exception {
        source().keep(StateKey.generate());
        var file = folder.resolve("state.sealed");
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 1;
            Files.write(file, changed);
            assertThatThrownBy(() -> source().obtain())
                    .as("byte %d", i)
                    .isInstanceOfAny(UnusableStateKeyException.class, IOException.class);
            Files.write(file, Arrays.copyOf(whole, i));
            assertThatThrownBy(() -> source().obtain()).isInstanceOf(UnusableStateKeyException.class);
        }
    }
}
