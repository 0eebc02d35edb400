package dev.husk.store.minio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Against a real MinIO server, where {@code -Dhusk.minio=} or {@code HUSK_MINIO} names its binary. */
class MinioIT extends ObjectStoreSuite {
    @Override
    StoreProcess start(Path folder) throws IOException, InterruptedException {
        var binary = System.getProperty("husk.minio", System.getenv().getOrDefault("HUSK_MINIO", ""));
        if (binary.isEmpty()) {
            var hint = "MinioIT does not run: name the server's binary with HUSK_MINIO=/path/to/minio";
            System.out.println(hint);
            Assumptions.abort(hint);
        }
        assertThat(Path.of(binary)).as("husk.minio").isExecutable();
        return StoreProcess.minio(Path.of(binary), folder);
    }
}
