package dev.husk.benchmark.gateway;

import dev.husk.local.LoneGateway;
import dev.husk.protocol.log.VerifierKey;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;

/** A running gateway with an active contract, and how much processor time it has used. */
final class UnderLoad {
    private final LoneGateway parts;
    private final VerifierKey logKey;
    private final ActiveContract contract;
    private final ProcessTree gateway;
    private final ProcessTree database;

    UnderLoad(LoneGateway parts) throws LoadFailedException, IOException, InterruptedException {
        this.parts = parts;
        this.logKey = VerifierKey.parse(parts.logKey());
        this.contract = ActiveContract.on(parts.url(), parts.issuer());
        this.gateway = new ProcessTree(parts.gatewayPid());
        this.database = new ProcessTree(parts.databasePid());
    }

    /** A sandbox's side, with a connection of its own. */
    Guest guest() {
        return new Guest(parts.url(), parts.processor(), logKey, contract);
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
