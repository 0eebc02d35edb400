package dev.husk.runtime.data;

import dev.husk.protocol.json.Digests;
import dev.husk.protocol.kbs.Release;
import dev.husk.protocol.kbs.Release.ObjectKey;
import dev.husk.protocol.run.RunStatement;
import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The objects that one release opens, for one run. Closing it wipes the keys, closes what the function left open and
 * deletes what was not uploaded.
 *
 * <p>{@link #revoke} may be called from any thread; all else belongs to the run's.
 */
public final class RunObjects implements AutoCloseable {
    private final Release release;
    private final ObjectStore store;
    private final Path folder;
    private final Runnable onFirstByte;
    private final Gate gate = new Gate();
    private final Map<String, ReadObject> reads = new LinkedHashMap<>();
    private final Map<String, ResultSpool> results = new LinkedHashMap<>();
    private final Set<String> uploaded = new HashSet<>();

    /**
     * @param release closed together with this
     * @param folder where results wait, sealed; private to this process
     * @param onFirstByte called when plaintext first comes out of an object
     */
    public RunObjects(Release release, ObjectStore store, Path folder, Runnable onFirstByte) {
        this.release = release;
        this.store = store;
        this.folder = folder;
        this.onFirstByte = onFirstByte;
    }

    public boolean readable(String name) {
        return release.reads().containsKey(name);
    }

    public boolean writable(String name) {
        return release.writes().containsKey(name);
    }

    /** The plaintext of a {@link #readable} object. The caller closes it. */
    public InputStream read(String name) throws IOException {
        gate.check();
        var object = object(release.reads(), name);
        var sealed = new DigestInputStream(store.get(name, object.url()), Digests.sha256());
        try (var key = DataKey.of(object.key())) {
            var plain = SealedObject.reader(sealed, key, object.identity());
            return new DatasetStream(gate, plain, sealed, noted(name, object), onFirstByte);
        } catch (IOException e) {
            sealed.close();
            throw e;
        }
    }

    /** The same at any position. What the release says of the whole object's digest is not checked here. */
    public SeekableByteChannel channel(String name) throws IOException {
        gate.check();
        var object = object(release.reads(), name);
        var sealed = new RangedChannel(store, name, object.url(), gate);
        try (var key = DataKey.of(object.key())) {
            var plain = SealedObject.channel(sealed, key, object.identity());
            noted(name, object);
            return new DatasetChannel(gate, plain, onFirstByte);
        } catch (IOException e) {
            sealed.close();
            throw e;
        }
    }

    /** Starts a {@link #writable} result; one that was begun before is given up. */
    public OutputStream write(String name) throws IOException {
        gate.check();
        var object = object(release.writes(), name);
        var former = results.get(name);
        if (former != null) {
            former.delete();
        }
        try (var key = DataKey.of(object.key())) {
            var spool = new ResultSpool(folder, key, object.identity(), gate);
            results.put(name, spool);
            return spool.plain();
        }
    }

    private static ObjectKey object(Map<String, ObjectKey> objects, String name) {
        var object = objects.get(name);
        if (object == null) {
            throw new IllegalArgumentException("the release does not hold " + name);
        }
        return object;
    }

    private ReadObject noted(String name, ObjectKey object) {
        return reads.computeIfAbsent(name, key -> new ReadObject(key, object.sha256()));
    }

    /** @throws IOException if a result was begun and not closed, or the store does not take one */
    public void upload() throws IOException {
        for (var result : results.entrySet()) {
            if (!result.getValue().complete()) {
                throw new IOException("result " + result.getKey() + ": the function did not close it");
            }
        }
        for (var result : results.entrySet()) {
            gate.check();
            var url = object(release.writes(), result.getKey()).url();
            store.put(result.getKey(), url, result.getValue().file());
            uploaded.add(result.getKey());
        }
    }

    /** The results that stand in the store, for the statement. */
    public List<RunStatement.Artifact> stored() {
        return results.entrySet().stream()
                .filter(result -> uploaded.contains(result.getKey()))
                .map(result -> new RunStatement.Artifact(
                        result.getKey(), result.getValue().digest()))
                .toList();
    }

    /** What was read, for the statement. */
    public List<RunStatement.Read> reads() {
        return reads.values().stream().map(ReadObject::stated).toList();
    }

    /** Takes everything away at once: later accesses, and reads that wait, fail with the reason. */
    public void revoke(String reason) {
        gate.shut(reason);
        release.close();
    }

    @Override
    public void close() throws IOException {
        revoke("the run has ended");
        for (var result : results.values()) {
            result.delete();
        }
    }
}
