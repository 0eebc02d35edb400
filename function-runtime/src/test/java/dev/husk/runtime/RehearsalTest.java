package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.protocol.log.VerifierKey;
import dev.husk.runtime.attest.Attestation;
import dev.husk.runtime.attest.Gateway;
import dev.husk.runtime.attest.ReleaseRehearsal;
import dev.husk.runtime.timing.ColdStart;
import dev.husk.snp.guest.EvidenceSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sandbox does before it has an action. */
class RehearsalTest {
    private static final String CODE = "sha256:" + "c".repeat(64);

    private final FakeGateway gateway;

    @TempDir
    private Path folder;

    RehearsalTest() throws IOException {
        gateway = FakeGateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private Attestation attestation(Clock clock) {
        return new Attestation(
                new Gateway(URI.create(gateway.url())),
                EvidenceSource.of("simulator:" + gateway.url()),
                VerifierKey.parse(gateway.logKey()),
                clock);
    }

    @Test
    void theRehearsedReleasePassesTheChecksOfARealOne() {
        try (var release = ReleaseRehearsal.play()) {
            assertThat(release.contractName()).isEqualTo("rehearsal");
            assertThat(release.reads()).isEmpty();
        }
    }

    @Test
    void aRehearsalAsksTheGatewayForNothingAndLeavesNothingBehind() throws IOException {
        var attestation = attestation(Clock.systemUTC());

        new Rehearsal(attestation, folder, URI.create(gateway.url())).play();

        assertThat(gateway.calls).doesNotContain("auth", "attest", "release", "run");
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aRehearsalAfterTheBindingDoesNothing() throws Exception {
        var attestation = attestation(Clock.systemUTC());
        attestation.bind(CODE, "a.B", "", new ColdStart());
        int before = gateway.calls.size();

        new Rehearsal(attestation, folder, URI.create("http://127.0.0.1:1/")).play();

        assertThat(gateway.calls).hasSize(before);
    }

    @Test
    void aSandboxIsBoundWithTheNonceThatWasAskedForLast() throws Exception {
        var start = Instant.parse("2026-11-01T00:00:00Z");
        var clock = new MovingClock(start);
        var attestation = attestation(clock);
        attestation.prefetch();
        attestation.generateKeys();

        assertThat(attestation.keepFresh(Duration.ofSeconds(200))).isTrue();
        assertThat(gateway.calls).containsOnlyOnce("auth");
        clock.now = start.plusSeconds(201);
        assertThat(attestation.keepFresh(Duration.ofSeconds(200))).isTrue();
        clock.now = start.plusSeconds(401);
        attestation.bind(CODE, "a.B", "", new ColdStart());

        assertThat(gateway.calls).filteredOn("auth"::equals).hasSize(2);
        assertThat(gateway.calls).endsWith("attest");
    }

    @Test
    void nothingIsKeptFreshOnceABindingHasBegun() throws Exception {
        var attestation = attestation(Clock.systemUTC());
        attestation.bind(CODE, "a.B", "", new ColdStart());
        int before = gateway.calls.size();

        assertThat(attestation.keepFresh(Duration.ZERO)).isFalse();
        attestation.prefetch();

        assertThat(gateway.calls).hasSize(before);
    }

    private static final class MovingClock extends Clock {
        private Instant now;

        MovingClock(Instant now) {
            this.now = now;
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
