package dev.husk.infer;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.function.DatasetNotGrantedException;
import dev.husk.function.FunctionContext;
import java.io.IOException;

/**
 * The action: answers for each row which label the model gives it.
 *
 * <p>Parameters: {@code rows} (a text that holds a JSON array of rows, each an object of column to number or an array
 * of numbers in the model's order; at most {@value Rows#MOST}), {@code model} ({@code risk-model}). The answer:
 * {@code {"predictions":[{"label":1,"probability":0.97}],"model":{..},"rows":1}}, where {@code probability} is that of
 * label 1, and label 1 is answered from one half on; ONNX models with more classes, or with other numbers, have the
 * members that {@link OnnxOutputs} names. What cannot be used is answered with {@code {"error": ..}}.
 */
public final class InferAction {
    private static final ModelStore MODELS = new ModelStore();

    private InferAction() {}

    /** @throws IOException if the model cannot be read whole */
    public static JsonObject main(JsonObject parameters, FunctionContext context) throws IOException {
        try {
            return predict(parameters, context);
        } catch (UnusableInputException | DatasetNotGrantedException e) {
            var answer = new JsonObject();
            answer.addProperty("error", e.getMessage());
            return answer;
        }
    }

    private static JsonObject predict(JsonObject parameters, FunctionContext context)
            throws IOException, UnusableInputException {
        var text = text(parameters, "rows", "");
        var name = text(parameters, "model", "risk-model");
        if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
            throw new UnusableInputException(
                    "parameter model: a name is lower-case letters, digits and dashes, at most 63 characters");
        }
        if (text.isBlank()) {
            throw new UnusableInputException(
                    "parameter rows: must hold a JSON array of rows as a text, such as \"[{\\\"age\\\": 51}]\"");
        }
        var model = MODELS.read(name, context);
        var predictions = new JsonArray();
        model.predict(new Rows(model.columns()).parse(text)).forEach(predictions::add);
        var about = new JsonObject();
        about.addProperty("name", name);
        model.about().entrySet().forEach(entry -> about.add(entry.getKey(), entry.getValue()));
        var answer = new JsonObject();
        answer.add("predictions", predictions);
        answer.add("model", about);
        answer.addProperty("rows", predictions.size());
        return answer;
    }

    private static String text(JsonObject parameters, String name, String otherwise) throws UnusableInputException {
        if (!parameters.has(name)) {
            return otherwise;
        }
        if (parameters.get(name) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw new UnusableInputException("parameter " + name + ": not a text");
    }
}
