package dev.husk.peek;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.function.FunctionContext;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The action: asks for the dataset that parameter {@code dataset} names and answers how many bytes it got, or
 * {@code {"error": ..}} with the refusal.
 */
public final class PeekAction {
    private PeekAction() {}

    public static JsonObject main(JsonObject parameters, FunctionContext context) {
        var answer = new JsonObject();
        if (!(parameters.get("dataset") instanceof JsonPrimitive name) || !name.isString()) {
            answer.addProperty("error", "parameter dataset: must name a dataset");
            return answer;
        }
        try (var in = context.dataset(name.getAsString())) {
            answer.addProperty("bytes", in.transferTo(OutputStream.nullOutputStream()));
        } catch (IOException e) {
            answer.addProperty("error", e.getMessage());
        }
        return answer;
    }
}
