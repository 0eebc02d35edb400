package dev.husk.infer;

import com.google.gson.JsonObject;
import dev.husk.function.DatasetNotGrantedException;
import dev.husk.function.FunctionContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.Map;
import java.util.TreeMap;

/** A run whose grant reads and writes the given objects. */
public final class FakeContext implements FunctionContext {
    private final Map<String, byte[]> objects = new TreeMap<>();

    /** Adds or replaces an object. */
    public FakeContext with(String name, byte[] object) {
        objects.put(name, object);
        return this;
    }

    @Override
    public InputStream dataset(String name) throws IOException {
        var object = objects.get(name);
        if (object == null) {
            throw new DatasetNotGrantedException(name, "reads does not name it");
        }
        return new ByteArrayInputStream(object);
    }

    @Override
    public SeekableByteChannel datasetChannel(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public OutputStream result(String name) {
        return new ByteArrayOutputStream() {
            @Override
            public void close() {
                objects.put(name, toByteArray());
            }
        };
    }

    @Override
    public JsonObject parameters() {
        return new JsonObject();
    }

    @Override
    public void progress(String step, double fraction) {}
}
