package dev.husk.benchmark.gateway;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.husk.local.LoneGateway;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.VerifierKey;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A running gateway with an active contract, and how much processor time it has used. */
final class UnderLoad {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final LoneGateway parts;
    private final VerifierKey logKey;
    private final ActiveContract contract;
    private final ProcessTree gateway;
    private final ProcessTree database;

    UnderLoad(LoneGateway parts) throws LoadFailedException, IOException, InterruptedException {
        this(parts, new JsonPrimitive("none"));
    }

    /** @param witnesses the contract's member of that name */
    UnderLoad(LoneGateway parts, JsonElement witnesses) throws LoadFailedException, IOException, InterruptedException {
        this.parts = parts;
        this.logKey = VerifierKey.parse(parts.logKey());
        this.contract = ActiveContract.on(parts.url(), parts.issuer(), witnesses);
        this.gateway = new ProcessTree(parts.gatewayPid());
        this.database = new ProcessTree(parts.databasePid());
    }

    /** A sandbox's side, with a connection of its own. */
    Guest guest() {
        return new Guest(parts.url(), parts.processor(), logKey, contract);
    }

    /** How many entries the log has. */
    long logSize() throws LoadFailedException, IOException, InterruptedException {
        var asked = HttpRequest.newBuilder(parts.url().resolve("log/checkpoint"))
                .timeout(PATIENCE)
                .build();
        var answer = http.send(asked, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new LoadFailedException(
                    "log/checkpoint answers %d: %s".formatted(answer.statusCode(), answer.body()));
        }
        return Checkpoint.parse(answer.body()).size();
    }

    ActiveContract contract() {
        return contract;
    }

    LoneGateway parts() {
        return parts;
    }

    URI url() {
        return parts.url();
    }

    /** The gateway's own process. */
    long java() throws LoadFailedException {
        return gateway.java();
    }

    /** Processor seconds since each started. */
    record Cpu(double gateway, double database, double driver) {
        Cpu since(Cpu before) {
            return new Cpu(gateway - before.gateway, database - before.database, driver - before.driver);
        }

        double all() {
            return gateway + database + driver;
        }
    }

    Cpu cpu() {
        var self = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Cpu(gateway.cpuSeconds(), database.cpuSeconds(), self.getProcessCpuTime() / 1e9);
    }
}
