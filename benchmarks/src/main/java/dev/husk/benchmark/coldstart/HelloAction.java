package dev.husk.benchmark.coldstart;

import com.google.gson.JsonObject;

/** The action of all runtimes alike: OpenWhisk's example. */
public final class HelloAction {
    private HelloAction() {}

    public static JsonObject main(JsonObject parameters) {
        var name = parameters.has("name") ? parameters.get("name").getAsString() : "stranger";
        var answer = new JsonObject();
        answer.addProperty("greeting", "Hello " + name + "!");
        return answer;
    }
}
