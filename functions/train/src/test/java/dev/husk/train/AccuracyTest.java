package dev.husk.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AccuracyTest {
    @Test
    void halfCountsAsLabelOne() {
        assertThat(Accuracy.accuracy(new double[] {0.5, 0.49, 0.9, 0.1}, new int[] {1, 0, 0, 1}))
                .isEqualTo(0.5);
    }

    @Test
    void anOrderWithoutFaultHasAnAreaOfOneAndTheReverseOfZero() {
        assertThat(Accuracy.auc(new double[] {0.1, 0.2, 0.8, 0.9}, new int[] {0, 0, 1, 1}))
                .isEqualTo(1);
        assertThat(Accuracy.auc(new double[] {0.9, 0.8, 0.2, 0.1}, new int[] {0, 0, 1, 1}))
                .isEqualTo(0);
    }

    @Test
    void theAreaIsThePartOfPairsInRightOrderWithTiesForHalf() {
        var random = new Random(3);
        for (int run = 0; run < 200; run++) {
            int size = 2 + random.nextInt(20);
            var probabilities =
                    random.ints(size, 0, 5).mapToDouble(i -> i / 5.0).toArray();
            var labels = random.ints(size, 0, 2).toArray();
            double right = 0;
            double pairs = 0;
            for (int one = 0; one < size; one++) {
                for (int zero = 0; zero < size; zero++) {
                    if (labels[one] == 1 && labels[zero] == 0) {
                        pairs++;
                        right += (1 + Math.signum(probabilities[one] - probabilities[zero])) / 2;
                    }
                }
            }
            double auc = Accuracy.auc(probabilities, labels);
            if (pairs == 0) {
                assertThat(auc).isNaN();
            } else {
                assertThat(auc).isCloseTo(right / pairs, Offset.offset(1e-12));
            }
        }
    }
}
