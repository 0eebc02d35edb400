package dev.husk.train;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps the network with the smallest loss on validation rows, and says when none better came for too long. */
final class EarlyStop {
    private final int patience;
    private double least = Double.POSITIVE_INFINITY;
    private int since;
    private @Nullable Network best;

    EarlyStop(int patience) {
        this.patience = patience;
    }

    void offer(Network network, Rows validation) {
        double loss = loss(network.probabilities(validation.inputs()), validation.labels());
        if (loss < least) {
            least = loss;
            best = network;
            since = 0;
        } else {
            since++;
        }
    }

    boolean isOver() {
        return patience > 0 && since >= patience;
    }

    /** Empty where no network was offered. */
    Optional<Network> network() {
        return Optional.ofNullable(best);
    }

    private static double loss(double[] probabilities, int[] labels) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            double right = labels[i] == 1 ? probabilities[i] : 1 - probabilities[i];
            sum -= Math.log(Math.max(right, 1e-12));
        }
        return sum / labels.length;
    }
}
