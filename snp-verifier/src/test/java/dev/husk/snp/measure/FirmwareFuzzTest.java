package dev.husk.snp.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.husk.snp.Bytes;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for firmware and ID blocks: nothing but the checked exceptions comes out. */
class FirmwareFuzzTest {

    static Stream<byte[]> seeds() {
        return Stream.of(
                FirmwareImage.ovmf().bytes().toArray(),
                FirmwareImage.svsm().bytes().toArray(),
                new byte[96],
                new byte[4096],
                new byte[0]);
    }

    @MethodSource("seeds")
    @FuzzTest
    void whatIsReadIsWrittenTheSameOrItsFirstWrongByteIsNamed(byte[] bytes) {
        var encoded = Bytes.copyOf(bytes);
        try {
            assertThat(Ovmf.parse(encoded)).isNotNull();
        } catch (MalformedFirmwareException e) {
            assertThat(e.offset()).isBetween(0, bytes.length);
        }
        try {
            assertThat(Svsm.parse(encoded)).isNotNull();
        } catch (MalformedFirmwareException e) {
            assertThat(e.offset()).isBetween(0, bytes.length);
        }
        try {
            assertThat(IdBlock.parse(encoded).encode()).isEqualTo(encoded);
        } catch (MalformedIdBlockException e) {
            assertThat(e.offset()).isBetween(0, bytes.length);
        }
        try {
            assertThat(IdAuth.parse(encoded).encode()).isEqualTo(encoded);
        } catch (MalformedIdBlockException e) {
            assertThat(e.offset()).isBetween(0, bytes.length);
        }
    }
}
