package dev.husk.store.minio;

import java.io.IOException;
import java.nio.file.Path;

/** Against S3Proxy, the store of the local platform. */
class S3ProxyIT extends ObjectStoreSuite {
    @Override
    StoreProcess start(Path folder) throws IOException, InterruptedException {
        return StoreProcess.s3proxy(folder);
    }
}
