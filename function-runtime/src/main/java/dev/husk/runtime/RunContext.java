package dev.husk.runtime;

import com.google.gson.JsonObject;
import dev.husk.function.DatasetNotGrantedException;
import dev.husk.function.FunctionContext;
import dev.husk.protocol.kbs.Release;
import dev.husk.runtime.attest.Sandbox;
import dev.husk.runtime.data.RunObjects;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;

/** What a function sees of its run. */
final class RunContext implements FunctionContext {
    private final RunObjects objects;
    private final Sandbox sandbox;
    private final ActivationLog log;
    private final String contract;
    private final String activation;
    private final JsonObject parameters;

    RunContext(RunObjects objects, Sandbox sandbox, ActivationLog log, Release release) {
        this.objects = objects;
        this.sandbox = sandbox;
        this.log = log;
        this.contract = release.contractName();
        this.activation = release.activation();
        this.parameters = release.parameters();
    }

    @Override
    public InputStream dataset(String name) throws IOException {
        requireGranted(name, objects.readable(name));
        return objects.read(name);
    }

    @Override
    public SeekableByteChannel datasetChannel(String name) throws IOException {
        requireGranted(name, objects.readable(name));
        return objects.channel(name);
    }

    @Override
    public OutputStream result(String name) throws IOException {
        requireGranted(name, objects.writable(name));
        return objects.write(name);
    }

    /** Asks the gateway all the same, so that its refusal stands in the log. */
    private void requireGranted(String name, boolean granted) throws IOException {
        if (granted) {
            return;
        }
        if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
            throw new DatasetNotGrantedException(name, "no contract has such a name");
        }
        throw new DatasetNotGrantedException(name, sandbox.refusalOfKey(contract, name));
    }

    @Override
    public String activation() {
        return activation;
    }

    @Override
    public JsonObject parameters() {
        return parameters.deepCopy();
    }

    @Override
    public void progress(String step, double fraction) {
        log.progress(step, fraction);
    }
}
