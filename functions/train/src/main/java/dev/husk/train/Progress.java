package dev.husk.train;

import dev.husk.function.FunctionContext;

/** Counts epochs over all trainings of a run. Says how far, never how well: losses are data. */
final class Progress {
    private final FunctionContext context;
    private final int epochs;
    private final int trainings;
    private int training;
    private int epoch;

    Progress(FunctionContext context, int epochs, int trainings) {
        this.context = context;
        this.epochs = epochs;
        this.trainings = trainings;
    }

    /** The next training starts; the one before may have stopped early. */
    void next() {
        training++;
        epoch = 0;
    }

    /** To be called after each epoch of the present training. */
    Runnable of(String what) {
        return () -> {
            epoch++;
            context.progress(
                    "train %s: epoch %d of %d".formatted(what, epoch, epochs),
                    (training + epoch / (double) epochs) / trainings);
        };
    }
}
