package dev.husk.runtime;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.kbs.Release;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.run.Envelope;
import dev.husk.protocol.run.RunStatement;
import dev.husk.runtime.attest.Attestation;
import dev.husk.runtime.attest.ReleaseRehearsal;
import dev.husk.runtime.data.ObjectStore;
import dev.husk.runtime.data.RunObjects;
import dev.husk.runtime.load.ActionArchive;
import dev.husk.runtime.load.EntryPoint;
import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Does on throwaway values what an {@code /init} and a confidential run will do, while the sandbox waits for its action:
 * classes, providers and curves are then loaded, and the code is compiled, when it counts. Proves nothing, keeps nothing
 * and runs no code but the runtime's own. Stops between two steps when the platform's action comes.
 */
final class Rehearsal {
    /** So that what runs often in it is compiled; the number was chosen, not measured. */
    private static final int TIMES = 12;

    private static final String NAME = "rehearsal";

    private final Attestation attestation;
    private final Path folder;
    private final URI server;

    /**
     * @param folder private to this process
     * @param server the runtime's own address
     */
    Rehearsal(Attestation attestation, Path folder, URI server) {
        this.attestation = attestation;
        this.folder = folder;
        this.server = server;
    }

    /** One part of what there is to rehearse. */
    private interface Step {
        void play() throws IOException;
    }

    /** @throws IllegalStateException if something fails that every run needs */
    void play() {
        for (int time = 0; time < TIMES; time++) {
            for (var step : List.<Step>of(this::request, this::load, this::evidence, this::run, this::data)) {
                if (attestation.bindingBegan()) {
                    return;
                }
                try {
                    step.play();
                } catch (IOException e) {
                    throw new IllegalStateException("the rehearsal of what every run does has failed", e);
                }
            }
        }
    }

    /** The HTTP server and the object store's client, one talking to the other, at an address where nothing is. */
    private void request() throws IOException {
        ObjectStore.rehearse(server.resolve(NAME));
        try {
            byte[] text = "{\"value\":{\"name\":\"rehearsal\",\"n\":[1,2.5]},\"deadline\":\"1\"}"
                    .getBytes(StandardCharsets.UTF_8);
            var body = (JsonObject) Json.parse(text, text.length);
            InitRequest.text(body, "activation_id");
            var answer = Answer.of(Result.of(Optional.of(body))).body().toString();
            Json.parse(answer.getBytes(StandardCharsets.UTF_8), answer.length());
        } catch (MalformedJsonException e) {
            throw new IOException(e);
        }
    }

    private void load() throws IOException {
        var own = Files.createTempDirectory(folder, NAME);
        var jar = own.resolve("action.jar");
        var archive = ActionArchive.decode(Base64.getEncoder().encodeToString(archive()));
        try (var loader = archive.open(own)) {
            var entry = EntryPoint.resolve(RehearsedAction.class.getName(), loader);
            ActionThread.start(() -> entry.call(new JsonObject()), loader).await();
        } catch (ReflectiveOperationException e) {
            throw new IOException(e);
        } finally {
            Files.deleteIfExists(jar);
            Files.deleteIfExists(own);
        }
    }

    private static byte[] archive() throws IOException {
        var name = RehearsedAction.class.getName().replace('.', '/') + ".class";
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes);
                var in = Rehearsal.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IOException("no " + name);
            }
            zip.putNextEntry(new ZipEntry(name));
            in.transferTo(zip);
        }
        return bytes.toByteArray();
    }

    /** A source that does not answer yet may do so when it counts. */
    private void evidence() {
        try {
            attestation.rehearse();
        } catch (IOException e) {
            // the binding will say
        }
    }

    private void run() throws IOException {
        try (var signer = PartySigner.generate();
                var release = ReleaseRehearsal.play();
                var objects = new RunObjects(release, new ObjectStore(), folder, () -> {})) {
            objects.upload();
            var statement = statement(release, objects);
            var signed = Envelope.sign(signer, statement.json()).json().toString();
            Json.parse(signed.getBytes(StandardCharsets.UTF_8), signed.length());
            Receipt.parse(release.receipt().json());
        } catch (MalformedJsonException | MalformedLogException e) {
            throw new IOException(e);
        }
    }

    private static RunStatement statement(Release release, RunObjects objects) {
        return new RunStatement(
                objects.stored(),
                new RunStatement.ContractRef(release.contractName(), release.contractId()),
                release.function(),
                new RunStatement.Code("sha256:" + "0".repeat(64), NAME),
                new RunStatement.Parameters(
                        List.of(NAME),
                        Optional.of(RunStatement.commitment(Base64Url.encode(new byte[32]), release.parameters()))),
                objects.reads(),
                new RunStatement.RunBy("sha256:" + "0".repeat(64), "sha256:" + "0".repeat(64)),
                release.activation(),
                Instant.now(),
                Instant.now(),
                true);
    }

    private void data() throws IOException {
        try (var key = DataKey.generate()) {
            var sealed = new ByteArrayOutputStream();
            try (var out = SealedObject.writer(sealed, key, NAME)) {
                out.write(new byte[64]);
            }
            try (var in = SealedObject.reader(new ByteArrayInputStream(sealed.toByteArray()), key, NAME)) {
                in.readAllBytes();
            }
        }
    }
}
