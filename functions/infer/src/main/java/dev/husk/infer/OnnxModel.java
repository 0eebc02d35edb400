package dev.husk.infer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX model, run by ONNX Runtime on one thread. ONNX Runtime is loaded once per sandbox, by whoever first loads its
 * class {@code ai.onnxruntime.OrtEnvironment}.
 *
 * <p>ONNX Runtime logs nothing here: its messages quote values, and what it prints leaves the sandbox. Its memory is
 * given back after each run, not wiped.
 */
final class OnnxModel implements Model {
    /** Rows given to the model at once, where it takes any number. */
    private static final int BATCH = 1024;

    private static final OrtLoggingLevel SILENT = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final OnnxInputs inputs;
    private final OnnxOutputs outputs;

    private OnnxModel(OrtEnvironment environment, OrtSession session, OnnxInputs inputs, OnnxOutputs outputs) {
        this.environment = environment;
        this.session = session;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /** Opens a file after {@link OnnxFile#check}. */
    static OnnxModel open(byte[] file) throws UnusableInputException {
        OnnxFile.check(file);
        OrtSession session = null;
        try {
            var environment = OrtEnvironment.getEnvironment(SILENT, "husk");
            environment.setTelemetry(false);
            session = session(environment, file);
            var inputs =
                    OnnxInputs.of(session.getInputInfo(), session.getMetadata().getCustomMetadata());
            var model = new OnnxModel(environment, session, inputs, OnnxOutputs.of(session.getOutputInfo()));
            session = null;
            return model;
        } catch (OrtException e) {
            throw UnusableInputException.ofModel(
                    "ONNX Runtime refuses it (" + e.getCode() + "); onnx.checker.check_model may say why");
        } finally {
            if (session != null) {
                close(session);
            }
        }
    }

    private static OrtSession session(OrtEnvironment environment, byte[] file) throws OrtException {
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setSessionLogLevel(SILENT);
            // Without an arena memory is freed when a run ends; no row stays in it for the next.
            options.setCPUArenaAllocator(false);
            options.setMemoryPatternOptimization(false);
            // What was checked is ONNX, so nothing else is to be read from these bytes.
            options.addConfigEntry("session.load_model_format", "ONNX");
            return environment.createSession(file, options);
        }
    }

    @Override
    public List<String> columns() {
        return inputs.columns();
    }

    @Override
    public JsonObject about() {
        var about = new JsonObject();
        about.addProperty("format", "onnx");
        about.addProperty("columns", inputs.columns().size());
        return about;
    }

    @Override
    public synchronized List<JsonObject> predict(double[][] rows) throws UnusableInputException {
        int batch = inputs.batch().orElse(Math.min(rows.length, BATCH));
        var predictions = new ArrayList<JsonObject>();
        for (int from = 0; from < rows.length; from += batch) {
            int to = Math.min(from + batch, rows.length);
            // A model of a fixed number of rows gets the last row again where there are fewer; what it says of it is
            // left.
            int size = inputs.batch().orElse(to - from);
            var some = Arrays.copyOfRange(rows, from, from + size);
            Arrays.fill(some, to - from, size, rows[to - 1]);
            predictions.addAll(run(some, from).subList(0, to - from));
            outputs.requireAnswerable(predictions, rows.length);
        }
        return predictions;
    }

    /** @param first how many rows come before these */
    private List<JsonObject> run(double[][] rows, int first) throws UnusableInputException {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try (var options = new OrtSession.RunOptions()) {
            options.setLogLevel(SILENT);
            inputs.fill(tensors, environment, rows, first);
            try (var result = session.run(tensors, outputs.names(), options)) {
                return outputs.predictions(result, rows.length, first);
            }
        } catch (OrtException e) {
            throw new UnusableInputException(
                    "the model cannot be run on these rows: ONNX Runtime stopped it (" + e.getCode() + ")");
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public synchronized void close() {
        close(session);
    }

    private static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("a session that does not close", e);
        }
    }

    @Override
    public String toString() {
        return "OnnxModel of " + inputs.columns().size() + " columns";
    }
}
