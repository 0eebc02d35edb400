package dev.husk.snp.kds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.kds.CollateralException.Problem;
import dev.husk.snp.kds.Found.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine without network, and the directory that was carried there. */
@Timeout(60)
class CollateralDirectoryTest {
    private static final Collateral LIST = Collateral.revocationList(Product.MILAN);
    private static final String CHIP = "c2a6528b7364e07e9f5c653a";

    @TempDir
    Path folder;

    private final MovingClock clock = new MovingClock("2025-06-01T00:00:00Z");

    private KeyDistributionService offline() {
        return KeyDistributionService.offline(folder, clock);
    }

    private Path put(String name, Bytes content) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent() == null ? folder : file.getParent());
        return Files.write(file, content.toArray());
    }

    @Test
    void whatIsFetchedOnOneMachineVerifiesReportsOnAnotherWithoutNetwork() throws Exception {
        var chip = Vectors.milan();
        var directory = new CollateralDirectory(folder);
        try (var kds = new FakeKds()) {
            var service = KeyDistributionService.at(
                    kds.uri(), Transport.https(Duration.ofSeconds(20)), folder.resolve("../cache"), clock, clock);
            for (var wanted : List.of(chip.wanted(), Collateral.chain(Product.MILAN, SigningKey.VCEK), LIST)) {
                assertThat(directory.write(wanted, service.find(wanted))).isEqualTo(directory.file(wanted));
            }
        }
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> folder.relativize(file).toString()))
                    .containsExactlyInAnyOrder(
                            "Milan.crl",
                            "Milan/cert_chain.pem",
                            "vcek/" + chip.report().chipId() + "/bl04_tee00_snp24_ucode219_vcek.der");
        }
        var certificates = offline().certificates(chip.report(), List.of());
        var lists = Revocation.lists(Map.of(Product.MILAN, offline().revocationList(Product.MILAN)));
        assertThat(new SnpVerifier(TrustAnchors.amd(), lists, clock).signatureOnly(chip.encoded(), certificates))
                .isEmpty();
    }

    @Test
    void aDirectoryMadeForTrusteeIsReadAlsoInItsOlderForm() throws Exception {
        var turin = Vectors.turin();
        put("vcek/59790fb1c39f35c1/bl01_tee01_snp04_ucode81_fmc01_vcek.der", turin.certificate());
        var milan = Vectors.milan();
        put("vcek/" + milan.report().chipId() + "/vcek.der", milan.certificate());
        assertThat(offline().find(turin.wanted()).der()).containsExactly(turin.certificate());
        assertThat(offline().find(milan.wanted()).origin()).isEqualTo(Origin.DIRECTORY);
    }

    @Test
    void whatIsMissingIsNamedWithTheFileThatWouldHoldIt() throws Exception {
        var e = refused(Vectors.milan().wanted());
        assertThat(e.problem()).isEqualTo(Problem.UNREACHABLE);
        assertThat(e)
                .hasMessageContaining("without network")
                .hasMessageContaining("the VCEK of Milan chip " + CHIP)
                .hasMessageContaining(folder + "/vcek/" + CHIP)
                .hasMessageContaining("bl04_tee00_snp24_ucode219_vcek.der");
        assertThat(refused(LIST))
                .hasMessageContaining(folder.resolve("Milan.crl").toString());
        assertThat(refused(Collateral.chain(Product.GENOA, SigningKey.VLEK)))
                .hasMessageContaining(
                        folder.resolve("Genoa/vlek_cert_chain.pem").toString());
    }

    @Test
    void aFileThatHoldsSomethingElseIsNamedWithWhatItHolds() throws Exception {
        put("Milan.crl", Vectors.read("amd-ca/crl/ARK-Genoa-2024-10-23.crl"));
        assertThat(refused(LIST))
                .hasMessageContaining(folder.resolve("Milan.crl") + " holds something of another issuer");
        var file = put(
                Vectors.milan().wanted().file(), Vectors.milan().certificate().slice(0, 700));
        assertThat(refused(Vectors.milan().wanted())).hasMessageContaining(file + " holds not a certificate in DER");
        put(LIST.file(), Bytes.copyOf(new byte[2 << 20]));
        assertThat(refused(LIST)).hasMessageContaining("more than 1048576 bytes");
        Files.delete(folder.resolve("Milan.crl"));
        Files.createDirectory(folder.resolve("Milan.crl"));
        assertThat(refused(LIST)).hasMessageContaining("it would stand in");
    }

    @Test
    void aDamagedFileDoesNotHideTheOtherOne() throws Exception {
        var milan = Vectors.milan();
        put(milan.wanted().files().get(0), Bytes.copyOf(new byte[5]));
        put(milan.wanted().files().get(1), milan.certificate());
        assertThat(offline().find(milan.wanted()).der()).containsExactly(milan.certificate());
    }

    @Test
    void aCarriedListIsUsedUntilItsNextUpdateAndNotLonger() throws Exception {
        put("Milan.crl", Vectors.milanList());
        clock.move(Duration.ofDays(340));
        assertThat(offline().revocationList(Product.MILAN)).isEqualTo(Vectors.milanList());
        clock.move(Duration.ofDays(10));
        assertThat(refused(LIST)).hasMessageContaining("2026-05-12T00:00:00Z").hasMessageContaining("expired");
        assertThat(offline()
                        .with(new Staleness(Duration.ZERO, Duration.ZERO, Duration.ofDays(30)))
                        .find(LIST)
                        .origin())
                .isEqualTo(Origin.DIRECTORY);
    }

    @Test
    void withANetworkTheDirectoryComesFirstAndOnlyItsListIsRefreshed() throws Exception {
        var milan = Vectors.milan();
        put(milan.wanted().file(), milan.certificate());
        put("Milan.crl", Vectors.oldMilanList());
        clock.move(Duration.ofDays(-500));
        try (var kds = new FakeKds()) {
            var service = KeyDistributionService.at(
                            kds.uri(), Transport.https(Duration.ofSeconds(20)), folder.resolve("cache"), clock, clock)
                    .withDirectory(folder);
            assertThat(service.find(milan.wanted()).origin()).isEqualTo(Origin.DIRECTORY);
            kds.does(FakeKds.status(500));
            var found = service.find(LIST);
            assertThat(found.origin()).isEqualTo(Origin.DIRECTORY);
            assertThat(found.notRefreshed()).isPresent();
            kds.isHonest();
            clock.move(Duration.ofDays(500));
            assertThat(service.find(LIST).origin()).isEqualTo(Origin.SERVER);
            assertThat(service.find(LIST).origin()).as("the later one").isEqualTo(Origin.CACHE);
            assertThat(folder.resolve("Milan.crl"))
                    .hasBinaryContent(Vectors.oldMilanList().toArray());
            assertThat(service.find(Vectors.otherMilan().wanted()).origin()).isEqualTo(Origin.SERVER);
            kds.does(FakeKds.status(404));
            assertThat(catchThrowableOfType(
                            CollateralException.class,
                            () -> service.find(Collateral.chain(Product.MILAN, SigningKey.VCEK))))
                    .hasMessageContaining("404")
                    .hasMessageContaining(folder.resolve("Milan/cert_chain.pem").toString());
        }
    }

    @Test
    void withoutNetworkWhatCameWithTheReportIsEnough() throws Exception {
        var milan = Vectors.milan();
        var chain = Vectors.chain(Product.MILAN, false);
        assertThat(offline().certificates(milan.report(), List.of(milan.certificate(), chain.get(0), chain.get(1))))
                .hasSize(3);
    }

    private CollateralException refused(Collateral wanted) {
        return catchThrowableOfType(CollateralException.class, () -> offline().find(wanted));
    }
}
