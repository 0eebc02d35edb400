package dev.husk.snp.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class VcpuTypeTest {
    @Test
    void namesHaveTheSignaturesThatTheOtherCalculatorsGiveThem() throws Exception {
        var signatures = MeasurementVectors.json("cpu_sigs.json").getAsJsonObject("cpu_sigs");
        assertThat(signatures.keySet()).hasSizeGreaterThanOrEqualTo(16);
        for (var name : signatures.keySet()) {
            assertThat(VcpuType.named(name))
                    .as(name)
                    .contains(new VcpuType(signatures.get(name).getAsInt()));
        }
    }

    @Test
    void everyVersionOfAModelHasTheModelsSignature() {
        assertThat(VcpuType.names()).hasSize(22).isSorted();
        for (var name : VcpuType.names()) {
            assertThat(VcpuType.named(name)).isEqualTo(VcpuType.named(name.replaceFirst("-(v\\d|IBPB)$", "")));
        }
    }

    @Test
    void unknownNamesAreNone() {
        for (var name : List.of("", "epyc-v4", "EPYC-v6", "EPYC-Milan-v4", "host", "EPYC-v4 ")) {
            assertThat(VcpuType.named(name)).isEmpty();
        }
    }

    @Test
    void familyModelAndSteppingAreEncodedAsCpuidDoes() {
        assertThat(VcpuType.of(23, 1, 2)).hasToString("0x800f12");
        assertThat(VcpuType.of(6, 0x3a, 9)).hasToString("0x306a9");
        assertThat(VcpuType.of(15, 0, 0)).hasToString("0xf00");
        assertThat(VcpuType.of(270, 255, 15)).hasToString("0xfff0fff");
        assertThat(VcpuType.of(0, 0, 0)).hasToString("0x0");
    }

    @Test
    void numbersThatNoCpuHasAreABugOfTheCaller() {
        for (int[] numbers :
                new int[][] {{-1, 0, 0}, {271, 0, 0}, {23, -1, 0}, {23, 256, 0}, {23, 1, -1}, {23, 1, 16}}) {
            assertThatThrownBy(() -> VcpuType.of(numbers[0], numbers[1], numbers[2]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
