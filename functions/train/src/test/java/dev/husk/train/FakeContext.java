package dev.husk.train;

import com.google.gson.JsonObject;
import dev.husk.function.DatasetNotGrantedException;
import dev.husk.function.FunctionContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A run whose grant reads the given datasets and writes the result risk-model. */
final class FakeContext implements FunctionContext {
    private final Map<String, InputStream> datasets = new TreeMap<>();
    final Map<String, byte[]> results = new TreeMap<>();
    final List<String> steps = new ArrayList<>();
    final List<Double> fractions = new ArrayList<>();

    FakeContext with(String name, String csv) {
        return with(name, new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)));
    }

    FakeContext with(String name, InputStream csv) {
        datasets.put(name, csv);
        return this;
    }

    @Override
    public InputStream dataset(String name) throws IOException {
        var dataset = datasets.get(name);
        if (dataset == null) {
            throw new DatasetNotGrantedException(name, "reads does not name it");
        }
        return dataset;
    }

    @Override
    public SeekableByteChannel datasetChannel(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public OutputStream result(String name) throws IOException {
        if (!name.equals("risk-model")) {
            throw new DatasetNotGrantedException(name, "writes does not name it");
        }
        return new ByteArrayOutputStream() {
            @Override
            public void close() {
                results.put(name, toByteArray());
            }
        };
    }

    @Override
    public JsonObject parameters() {
        return new JsonObject();
    }

    @Override
    public void progress(String step, double fraction) {
        steps.add(step);
        fractions.add(fraction);
    }
}
