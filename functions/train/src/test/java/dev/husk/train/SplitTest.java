package dev.husk.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {
    private static Dataset dataset(String name) {
        return new Dataset(
                name,
                List.of("x"),
                IntStream.range(0, 200).mapToObj(i -> new double[] {i}).toArray(double[][]::new),
                IntStream.range(0, 200).map(i -> i < 40 ? 1 : 0).toArray());
    }

    @Test
    void everyRowIsEitherTrainedOnOrHeldOut() {
        var split = Split.of(dataset("a"), 0.25, 1);

        assertThat(IntStream.concat(rows(split.training()), rows(split.test())).sorted())
                .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
    }

    @Test
    void eachLabelIsHeldOutInTheSamePart() {
        var test = Split.of(dataset("a"), 0.25, 1).test();

        assertThat(test.size()).isEqualTo(50);
        assertThat(Arrays.stream(test.labels()).sum()).isEqualTo(10);
    }

    @Test
    void theSeedAndTheNameDecideAlone() {
        var rows = rows(Split.of(dataset("a"), 0.25, 1).test()).toArray();

        assertThat(rows(Split.of(dataset("a"), 0.25, 1).test())).containsExactly(boxed(rows));
        assertThat(rows(Split.of(dataset("a"), 0.25, 2).test()).toArray()).isNotEqualTo(rows);
        assertThat(rows(Split.of(dataset("b"), 0.25, 1).test()).toArray()).isNotEqualTo(rows);
    }

    private static IntStream rows(Rows rows) {
        return Arrays.stream(rows.inputs()).mapToInt(row -> (int) row[0]);
    }

    private static Integer[] boxed(int[] rows) {
        return Arrays.stream(rows).boxed().toArray(Integer[]::new);
    }
}
