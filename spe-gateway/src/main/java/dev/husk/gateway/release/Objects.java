package dev.husk.gateway.release;

import dev.husk.gateway.Configuration;
import dev.husk.store.minio.ObjectStore;
import dev.husk.store.minio.StoreLocation;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Addresses of sealed objects, for sandboxes and for readers of results; good for an hour, made without asking the store. */
@ApplicationScoped
public class Objects {
    private static final Duration LIFE = Duration.ofHours(1);

    @Inject
    private Configuration configuration;

    private ObjectStore store;

    @PostConstruct
    void connect() {
        store = ObjectStore.connect(
                configuration.storeEndpoint(), configuration.storeAccessKey(), configuration.storeSecretKey());
    }

    URI read(String location) throws IOException {
        return store.presignGet(StoreLocation.parse(location), LIFE);
    }

    URI write(String location) throws IOException {
        return store.presignPut(StoreLocation.parse(location), LIFE);
    }

    @PreDestroy
    void disconnect() {
        store.close();
    }
}
