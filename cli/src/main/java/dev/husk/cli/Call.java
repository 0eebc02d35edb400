package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;

/** One call of a function: what is handed to OpenWhisk, and how what it hands back is read. */
sealed interface Call extends AutoCloseable permits Call.Plain, SealedCall {

    /** What OpenWhisk gets, and may keep. */
    JsonObject parameters();

    /**
     * The function's answer.
     *
     * @param success whether OpenWhisk says that the action ended well
     */
    JsonElement read(JsonElement result, boolean success) throws CommandFailed;

    /** Gives up waiting. Returns the command by which the answer can be read later. */
    String leave(String activationId) throws IOException;

    @Override
    void close();

    /** A call that OpenWhisk can read, as well as its answer. */
    record Plain(JsonObject parameters) implements Call {
        @Override
        public JsonElement read(JsonElement result, boolean success) {
            return result;
        }

        @Override
        public String leave(String activationId) {
            return "wsk activation get " + activationId;
        }

        @Override
        public void close() {}
    }
}
