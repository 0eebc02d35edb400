package dev.husk.infer;

import com.google.gson.JsonObject;
import java.util.List;

/** What gives each row a prediction. For one thread at a time. */
sealed interface Model extends AutoCloseable permits Network, OnnxModel {

    /** What a row holds, in the model's order; 1 to {@value ColumnNames#MOST}. */
    List<String> columns();

    /** What the answer says of the model. */
    JsonObject about();

    /**
     * One prediction per row.
     *
     * @param rows values in the order of {@code columns}; at least one row
     */
    List<JsonObject> predict(double[][] rows) throws UnusableInputException;

    /** Frees what the model holds outside Java's heap. */
    @Override
    void close();

    /** The prediction of a model that tells 1 from 0. */
    static JsonObject prediction(double probability) {
        var prediction = new JsonObject();
        prediction.addProperty("label", probability >= 0.5 ? 1 : 0);
        prediction.addProperty("probability", rounded(probability));
        return prediction;
    }

    /** A probability with the six places that answers have. */
    static double rounded(double probability) {
        return Math.round(probability * 1e6) / 1e6;
    }
}
