package example;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads the engines that the image java-husk-djl brings, by name: nothing of them is on the class path of the tests. With
 * {@code look} it loads nothing, and says whether they are loaded already.
 */
public final class Engines {
    private Engines() {}

    public static JsonObject main(JsonObject request) throws ReflectiveOperationException, IOException {
        var answer = new JsonObject();
        if (request.has("look")) {
            var mapped = Files.readString(Path.of("/proc/self/maps"));
            answer.addProperty("pytorch", mapped.contains("/libtorch_cpu.so"));
            answer.addProperty("onnx", mapped.contains("/libonnxruntime.so"));
            return answer;
        }
        var engineType = Class.forName("ai.djl.engine.Engine");
        var engine = engineType.getMethod("getEngine", String.class).invoke(null, "PyTorch");
        var manager = engineType.getMethod("newBaseManager").invoke(engine);
        var managerType = Class.forName("ai.djl.ndarray.NDManager");
        var numbers = managerType.getMethod("create", float[].class).invoke(manager, (Object) new float[] {1, 2});
        var sum = Class.forName("ai.djl.ndarray.NDArray").getMethod("sum").invoke(numbers);
        answer.addProperty("pytorch", (Float) Class.forName("ai.djl.ndarray.NDArray")
                .getMethod("getFloat", long[].class)
                .invoke(sum, (Object) new long[0]));
        managerType.getMethod("close").invoke(manager);
        var onnxType = Class.forName("ai.onnxruntime.OrtEnvironment");
        var onnx = onnxType.getMethod("getEnvironment").invoke(null);
        answer.addProperty("onnx", (String) onnxType.getMethod("getVersion").invoke(onnx));
        return answer;
    }
}
