package dev.husk.function;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;

/**
 * One run of a function under one grant. Names are the contract's. Not safe for use by several threads, and of no use
 * once the run has ended.
 */
public interface FunctionContext {

    /**
     * The plaintext of a dataset, or of a result that the grant lets this function read. The caller closes it. Every
     * read may throw {@code TamperedObjectException}: what was read before it is authentic, but the object is not whole.
     *
     * @throws DatasetNotGrantedException if the grant does not name it; the refusal stands in the log
     */
    InputStream dataset(String name) throws IOException;

    /** The same, at any position; each chunk is checked when it is read. Read only. */
    SeekableByteChannel datasetChannel(String name) throws IOException;

    /**
     * Where the function writes a result; encrypted before it leaves. The object stands in the store once the stream
     * is closed and the run has succeeded: a run that throws leaves the former one.
     *
     * @throws DatasetNotGrantedException if the grant does not let the function write it
     */
    OutputStream result(String name) throws IOException;

    /** The activation that this run is, as OpenWhisk calls it; empty where nobody says. */
    default String activation() {
        return "";
    }

    /** The request's parameters, within the contract's bounds. A copy. */
    JsonObject parameters();

    /**
     * Tells how far the run is; appears in the activation's log, so it must say nothing of the data.
     *
     * @param fraction from 0 to 1
     */
    void progress(String step, double fraction);
}
