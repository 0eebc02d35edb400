package dev.husk.infer;

/** A parameter, row or model that nothing can be predicted from. The message is the caller's, and quotes no value. */
final class UnusableInputException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableInputException(String message) {
        super(message);
    }

    /** A model file that is not read further. */
    static UnusableInputException ofModel(String problem) {
        return new UnusableInputException("the model file cannot be read: " + problem);
    }

    /** A row, counted from 0, for which the model computes no number. */
    static UnusableInputException tooFar(int row) {
        return new UnusableInputException(
                "parameter rows, row " + (row + 1) + ": values too far from any that the model was trained on");
    }
}
