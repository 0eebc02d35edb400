package dev.husk.snp.kds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.kds.CollateralException.Problem;
import dev.husk.snp.kds.Found.Origin;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fetching, keeping and refreshing, against a server that fails, limits its callers and lies. */
@Timeout(60)
class KeyDistributionServiceTest {
    private static final Collateral LIST = Collateral.revocationList(Product.MILAN);

    @TempDir
    Path folder;

    private final MovingClock clock = new MovingClock("2025-06-01T00:00:00Z");
    private FakeKds kds;
    private KeyDistributionService service;

    @BeforeEach
    void start() throws Exception {
        kds = new FakeKds();
        service = service();
    }

    @AfterEach
    void stop() {
        kds.close();
    }

    private KeyDistributionService service() {
        return KeyDistributionService.at(
                kds.uri(), Transport.https(Duration.ofSeconds(20)), folder.resolve("cache"), clock, clock);
    }

    @Test
    void whatIsFetchedMakesARealReportVerifiable() throws Exception {
        var chip = Vectors.milan();
        var certificates = service.certificates(chip.report(), List.of());
        var lists = Map.of(Product.MILAN, service.revocationList(Product.MILAN));
        var verifier = new SnpVerifier(TrustAnchors.amd(), Revocation.lists(lists), clock);
        assertThat(verifier.signatureOnly(chip.encoded(), certificates)).isEmpty();
        assertThat(kds.asked).containsExactly(chip.wanted().address(), "vcek/v1/Milan/cert_chain", "vcek/v1/Milan/crl");
    }

    @Test
    void eachThingIsFetchedOnceAlsoByOthersWhoShareTheCache() throws Exception {
        var chip = Vectors.turin();
        var report = chip.report();
        assertThat(service.vcek(report.product(), report.chipId(), report.reportedTcb()))
                .isEqualTo(chip.certificate());
        assertThat(service.chain(Product.TURIN, SigningKey.VCEK)).isEqualTo(Vectors.chain(Product.TURIN, false));
        assertThat(service.chain(Product.TURIN, SigningKey.VLEK)).isEqualTo(Vectors.chain(Product.TURIN, true));
        assertThat(service.find(chip.wanted()).origin()).isEqualTo(Origin.CACHE);
        clock.move(Duration.ofDays(4000));
        assertThat(service().find(chip.wanted()).origin()).isEqualTo(Origin.CACHE);
        assertThat(service().chain(Product.TURIN, SigningKey.VLEK)).hasSize(2);
        assertThat(kds.asked).hasSize(3);
    }

    @Test
    void whatCameWithTheReportIsNotAskedFor() throws Exception {
        var chip = Vectors.milan();
        var chain = Vectors.chain(Product.MILAN, false);
        var given = List.of(chain.get(1), chip.certificate(), Bytes.copyOf(new byte[7]), chain.get(0));
        assertThat(service.certificates(chip.report(), given))
                .containsExactly(chip.certificate(), chain.get(0), chain.get(1));
        assertThat(kds.asked).isEmpty();
        assertThat(service.certificates(chip.report(), List.of(chip.certificate())))
                .containsExactly(chip.certificate(), chain.get(0), chain.get(1));
        assertThat(kds.asked).containsExactly("vcek/v1/Milan/cert_chain");
    }

    @Test
    void theLeafAloneIsEnoughForAVerifierThatHasTheRestBuiltIn() throws Exception {
        var chip = Vectors.milan();
        assertThat(service.leaf(chip.report(), List.of(chip.certificate()))).isEqualTo(chip.certificate());
        assertThat(kds.asked).isEmpty();
        var fetched = service.leaf(chip.report(), List.of(Vectors.otherMilan().certificate()));
        var verifier = new SnpVerifier(TrustAnchors.amd(), Revocation.acceptingRevokedCertificates(), clock);
        assertThat(verifier.signatureOnly(chip.encoded(), List.of(fetched))).isEmpty();
        assertThat(kds.asked).containsExactly(chip.wanted().address());
    }

    @Test
    void aLeafOfAnotherChipOrFirmwareIsPassedOverAndTheRightOneFetched() throws Exception {
        var chip = Vectors.milan();
        var given = List.of(Vectors.otherMilan().certificate(), Vectors.vlek());
        assertThat(service.certificates(chip.report(), given)).startsWith(chip.certificate());
    }

    @Test
    void aVlekThatCameWithTheReportGetsItsOwnChain() throws Exception {
        var chain = Vectors.chain(Product.MILAN, true);
        assertThat(service.certificates(Vectors.vlekReport(), List.of(Vectors.vlek())))
                .containsExactly(Vectors.vlek(), chain.get(0), chain.get(1));
        var e = refused(Collateral.endorsing(Vectors.vlekReport()));
        assertThat(e.problem()).isEqualTo(Problem.ABSENT);
    }

    @Test
    void whatAMirrorHasOfAVlekIsKeptUntilItExpires() throws Exception {
        var wanted = Collateral.endorsing(Vectors.vlekReport());
        kds.gives(wanted, Vectors.vlek());
        var until = service.find(wanted).validUntil();
        var expired = new MovingClock(until.plusSeconds(1).toString());
        assertThat(service.find(wanted).origin()).isEqualTo(Origin.SERVER);
        var earlier = new MovingClock(until.toString());
        assertThat(at(earlier).find(wanted).origin()).isEqualTo(Origin.CACHE);
        assertThat(at(expired).find(wanted).origin()).isEqualTo(Origin.SERVER);
    }

    private KeyDistributionService at(MovingClock other) {
        return KeyDistributionService.at(
                kds.uri(), Transport.https(Duration.ofSeconds(20)), folder.resolve("cache"), other, other);
    }

    @Test
    void whatTheServerDoesNotHaveIsSaidWithItsAddressAndNotAskedForAgainInTheSameCall() throws Exception {
        kds.lacks(Vectors.milan().wanted());
        var e = refused(Vectors.milan().wanted());
        assertThat(e.problem()).isEqualTo(Problem.ABSENT);
        assertThat(e.retryAt()).isEmpty();
        assertThat(e)
                .hasMessageContaining("the VCEK of Milan chip c2a6528b7364e07e")
                .hasMessageContaining(kds.uri() + Vectors.milan().wanted().address())
                .hasMessageContaining("404");
        assertThat(kds.asked).hasSize(1);
        // Whoever invents chips must not keep the others from being served.
        assertThat(service.find(Vectors.otherMilan().wanted()).origin()).isEqualTo(Origin.SERVER);
        assertThat(clock.slept).isEmpty();
    }

    @Test
    void aRefusalIsNoFailureOfTheServer() throws Exception {
        for (int status : new int[] {400, 401, 403, 410}) {
            kds.does(FakeKds.status(status));
            assertThat(refused(Vectors.milan().wanted()).problem()).isEqualTo(Problem.ABSENT);
        }
        assertThat(clock.slept).isEmpty();
    }

    @Test
    void aServerThatRecoversIsAskedAgainAfterLongerAndLongerPauses() throws Exception {
        int[] failures = {0};
        kds.does(exchange -> {
            if (failures[0]++ < 3) {
                FakeKds.send(exchange, 503, Bytes.copyOf(new byte[0]));
            } else {
                kds.honest(exchange);
            }
        });
        assertThat(service.find(Vectors.milan().wanted()).origin()).isEqualTo(Origin.SERVER);
        assertThat(clock.slept).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));
        kds.does(FakeKds.status(500));
        refused(Vectors.otherMilan().wanted());
        assertThat(clock.slept.get(3)).as("the failures are forgotten").isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void whilePausesGrowBeyondThePatienceOfACallNobodyAsks() throws Exception {
        kds.does(FakeKds.status(502));
        var e = refused(Vectors.milan().wanted());
        assertThat(e.problem()).isEqualTo(Problem.UNREACHABLE);
        assertThat(e).hasMessageContaining("answers with status 502");
        int calls = kds.asked.size();
        assertThat(calls).isEqualTo(4);
        assertThat(e.retryAt()).contains(clock.instant().plusSeconds(8));
        var impatient = service().with(Patience.usual().forCall(Duration.ZERO));
        for (var wanted : List.of(Vectors.milan().wanted(), LIST)) {
            assertThatThrownBy(() -> impatient.find(wanted)).hasMessageContaining("failed a moment ago");
        }
        assertThat(kds.asked).hasSize(calls);
        clock.move(Duration.ofSeconds(8));
        assertThatThrownBy(() -> impatient.find(LIST)).hasMessageContaining("502");
        assertThat(kds.asked).hasSize(calls + 1);
    }

    @Test
    void pausesHaveALongest() throws Exception {
        kds.does(FakeKds.status(500));
        var impatient = service.with(new Patience(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(20)));
        for (int failure = 0; failure < 10; failure++) {
            var e = catchThrowableOfType(CollateralException.class, () -> impatient.find(LIST));
            clock.move(Duration.between(clock.instant(), e.retryAt().orElseThrow()));
        }
        var e = catchThrowableOfType(CollateralException.class, () -> impatient.find(LIST));
        assertThat(e.retryAt()).contains(clock.instant().plusSeconds(20));
    }

    @Test
    void noServerAtAllIsUnreachable() throws Exception {
        kds.close();
        var e = refused(LIST);
        assertThat(e.problem()).isEqualTo(Problem.UNREACHABLE);
        assertThat(e).hasMessageContaining("does not answer");
    }

    @Test
    void redirectsAreNotFollowed() throws Exception {
        kds.does(exchange -> {
            exchange.getResponseHeaders().set("Location", kds.uri() + "elsewhere");
            FakeKds.send(exchange, 302, Bytes.copyOf(new byte[0]));
        });
        var e = refused(LIST);
        assertThat(e.problem()).isEqualTo(Problem.UNREACHABLE);
        assertThat(e).hasMessageContaining("302");
        assertThat(kds.asked).containsExactly("vcek/v1/Milan/crl");
    }

    @Test
    void retryAfterInSecondsIsWaitedForWhereTheCallHasThePatience() throws Exception {
        kds.does(exchange -> {
            kds.isHonest();
            FakeKds.limiting("7").answer(exchange);
        });
        assertThat(service.find(LIST).origin()).isEqualTo(Origin.SERVER);
        assertThat(clock.slept).containsExactly(Duration.ofSeconds(7));
    }

    @Test
    void nobodyCallsBeforeTheMomentTheServerNamed() throws Exception {
        kds.does(FakeKds.limiting("120"));
        var e = refused(LIST);
        assertThat(e.problem()).isEqualTo(Problem.UNREACHABLE);
        assertThat(e).hasMessageContaining("429").hasMessageContaining("2025-06-01T00:02:00Z");
        assertThat(e.retryAt()).contains(Instant.parse("2025-06-01T00:02:00Z"));
        kds.isHonest();
        clock.move(Duration.ofSeconds(100));
        assertThat(refusedBy(service(), Vectors.milan().wanted()).retryAt())
                .contains(Instant.parse("2025-06-01T00:02:00Z"));
        assertThat(kds.asked).hasSize(1);
        clock.move(Duration.ofSeconds(15));
        assertThat(service().find(Vectors.milan().wanted()).origin()).isEqualTo(Origin.SERVER);
        assertThat(clock.slept).containsExactly(Duration.ofSeconds(5));
    }

    @Test
    void retryAfterAsADateIsReadToo() throws Exception {
        kds.does(FakeKds.limiting("Sun, 01 Jun 2025 00:03:00 GMT"));
        assertThat(refused(LIST).retryAt()).contains(Instant.parse("2025-06-01T00:03:00Z"));
    }

    @Test
    void anOverlongRetryAfterIsCappedAndAnUnreadableOneIsAnyFailure() throws Exception {
        var impatient = service.with(Patience.usual().forCall(Duration.ZERO));
        for (var overlong : List.of("999999999", "Fri, 01 Jan 2100 00:00:00 GMT")) {
            kds.does(FakeKds.limiting(overlong));
            assertThat(refusedBy(impatient, LIST).retryAt())
                    .contains(clock.instant().plus(Duration.ofMinutes(10)));
            clock.move(Duration.ofMinutes(10));
        }
        kds.isHonest();
        impatient.find(LIST);
        clock.move(Duration.ofDays(2));
        for (var nonsense :
                List.of("soon", "-5", "0", "1e9", "99999999999999999999", "Mon, 01 Jun 2025 00:00:00 GMT")) {
            kds.does(FakeKds.limiting(nonsense));
            var wanted = Vectors.milan().wanted();
            assertThat(refusedBy(impatient, wanted).retryAt())
                    .as(nonsense)
                    .contains(clock.instant().plusSeconds(1));
            clock.move(Duration.ofSeconds(1));
            kds.isHonest();
            impatient.find(wanted);
            impatient.forget(wanted);
        }
    }

    @Test
    void aMomentUnderAWrongClockDoesNotSilenceTheServerForEver() throws Exception {
        kds.does(FakeKds.limiting("300"));
        refused(LIST);
        kds.isHonest();
        clock.move(Duration.ofDays(-20));
        assertThat(service.find(LIST).origin()).isEqualTo(Origin.SERVER);
    }

    @Test
    void whatIsNotWhatWasAskedForIsReportedAndNotKept() throws Exception {
        var wanted = Vectors.milan().wanted();
        var vcek = Vectors.milan().certificate();
        var html = Bytes.copyOf("<html>Please log in</html>".getBytes(StandardCharsets.UTF_8));
        var otherTcb = Collateral.vcek(
                Product.MILAN, Vectors.milan().report().chipId(), new dev.husk.snp.TcbVersion(0, 4, 0, 24, 218));
        kds.gives(otherTcb, vcek);
        lies(otherTcb, "a certificate for TCB 4.0.24.219, not 4.0.24.218");
        for (var lie : Map.of(
                        Vectors.otherMilan().certificate(),
                        "a certificate that is not of this chip",
                        html,
                        "not a certificate in DER",
                        vcek.slice(0, vcek.length() - 1),
                        "not a certificate in DER",
                        Bytes.copyOf(new byte[0]),
                        "not a certificate in DER",
                        Bytes.copyOf(new byte[100_000]),
                        "more than 16384 bytes")
                .entrySet()) {
            kds.does(exchange -> {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(lie.getKey().toArray());
            });
            lies(wanted, lie.getValue());
        }
        kds.isHonest();
        assertThat(service.find(wanted).origin()).isEqualTo(Origin.SERVER);
    }

    private void lies(Collateral wanted, String words) {
        var e = refused(wanted);
        assertThat(e).hasMessageContaining(words).hasMessageContaining(kds.uri().toString());
        assertThat(e.problem()).isEqualTo(Problem.UNTRUE);
        clock.move(Duration.ofMinutes(10));
    }

    @Test
    void liesAboutChainsAndListsAreReportedToo() throws Exception {
        var chain = Collateral.chain(Product.MILAN, SigningKey.VCEK);
        kds.gives(chain, Vectors.pem(Product.GENOA, false));
        lies(chain, "another issuer than SEV-Milan");
        kds.gives(LIST, Vectors.read("amd-ca/crl/ARK-Genoa-2024-10-23.crl"));
        lies(LIST, "another issuer than ARK-Milan");
        kds.gives(LIST, Vectors.oldMilanList());
        lies(LIST, "expired at 2024-05-09T23:00:00Z");
        kds.gives(LIST, Vectors.milanList());
        clock.move(Duration.ofDays(-40));
        lies(LIST, "one of the future, 2025-05-06T12:39:06Z");
    }

    @Test
    void aBodyThatIsCutOffIsAFailureAndOneThatIsTooLongAForgery() throws Exception {
        var vcek = Vectors.milan().certificate();
        kds.does(exchange -> {
            exchange.sendResponseHeaders(200, vcek.length() + 10);
            exchange.getResponseBody().write(vcek.toArray());
            exchange.getResponseBody().flush();
        });
        assertThat(refused(Vectors.milan().wanted()).problem()).isEqualTo(Problem.UNREACHABLE);
        clock.move(Duration.ofMinutes(10));
        kds.does(exchange -> {
            exchange.sendResponseHeaders(200, vcek.length() - 10);
            exchange.getResponseBody().write(vcek.toArray(), 0, vcek.length() - 10);
        });
        assertThat(refused(Vectors.milan().wanted()).problem()).isEqualTo(Problem.UNTRUE);
        clock.move(Duration.ofMinutes(10));
        kds.does(exchange -> {
            exchange.sendResponseHeaders(200, 1L << 40);
            exchange.getResponseBody().write(new byte[1 << 20]);
        });
        assertThat(refused(Vectors.milan().wanted()).problem()).isEqualTo(Problem.UNTRUE);
        clock.move(Duration.ofMinutes(10));
        kds.does(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(new byte[1 << 16]);
            }
        });
        assertThat(refused(LIST)).hasMessageContaining("more than 1048576 bytes");
    }

    @Test
    void aListIsFetchedAnewAfterADayAndNotBefore() throws Exception {
        assertThat(service.find(LIST).origin()).isEqualTo(Origin.SERVER);
        clock.move(Duration.ofDays(1));
        assertThat(service.find(LIST).origin()).isEqualTo(Origin.CACHE);
        clock.move(Duration.ofSeconds(1));
        assertThat(service.find(LIST).origin()).isEqualTo(Origin.SERVER);
        assertThat(service.find(LIST).origin()).isEqualTo(Origin.CACHE);
        assertThat(kds.asked).hasSize(2);
    }

    @Test
    void whereTheServerFailsTheListAtHandIsUsedForAWeekAndSaysSo() throws Exception {
        service.find(LIST);
        kds.does(FakeKds.status(500));
        clock.move(Duration.ofDays(7).minusSeconds(20));
        var found = service.find(LIST);
        assertThat(found.origin()).isEqualTo(Origin.CACHE);
        assertThat(found.der()).containsExactly(Vectors.milanList());
        assertThat(found.notRefreshed().orElseThrow()).hasMessageContaining("500");
        clock.move(Duration.ofSeconds(21));
        assertThat(refused(LIST)).hasMessageContaining("fetched too long ago");
    }

    @Test
    void noListIsUsedPastItsNextUpdateUnlessTheCallerAllowsIt() throws Exception {
        var patient = new Staleness(Duration.ofDays(1), Duration.ofDays(1000), Duration.ofDays(3));
        service.find(LIST);
        kds.does(FakeKds.status(500));
        var end = Instant.parse("2026-05-12T00:00:00Z");
        var strict = service.with(new Staleness(Duration.ofDays(1), Duration.ofDays(1000), Duration.ZERO));
        clock.move(Duration.between(clock.instant(), end).minusMinutes(1));
        assertThat(strict.find(LIST).origin()).isEqualTo(Origin.CACHE);
        clock.move(Duration.ofMinutes(2));
        assertThat(refusedBy(strict, LIST)).hasMessageContaining("valid until 2026-05-12T00:00:00Z");
        assertThat(service.with(patient).find(LIST).notRefreshed()).isPresent();
        clock.move(Duration.ofDays(3));
        assertThat(refusedBy(service.with(patient), LIST).problem()).isEqualTo(Problem.UNREACHABLE);
    }

    @Test
    void aListThatTheServerDoesNotHaveOrDoesNotRenewIsNotAskedForWithEveryReport() throws Exception {
        var impatient = service.with(Patience.usual().forCall(Duration.ZERO));
        kds.gives(LIST, Vectors.oldMilanList());
        assertThat(refusedBy(impatient, LIST).problem()).isEqualTo(Problem.UNTRUE);
        assertThat(refusedBy(impatient, LIST).problem()).isEqualTo(Problem.UNREACHABLE);
        clock.move(Duration.ofMinutes(10));
        kds.lacks(LIST);
        assertThat(refusedBy(impatient, LIST).problem()).isEqualTo(Problem.ABSENT);
        assertThat(refusedBy(impatient, LIST).problem()).isEqualTo(Problem.UNREACHABLE);
        assertThat(kds.asked).hasSize(2);
    }

    @Test
    void anOlderListDoesNotTakeThePlaceOfANewerOne() throws Exception {
        var long_ = new Staleness(Duration.ofDays(1), Duration.ofDays(7), Duration.ofDays(4000));
        service.find(LIST);
        clock.move(Duration.ofDays(2));
        kds.gives(LIST, Vectors.oldMilanList());
        var found = service.with(long_).find(LIST);
        assertThat(found.der()).containsExactly(Vectors.milanList());
        assertThat(found.notRefreshed().orElseThrow().problem()).isEqualTo(Problem.UNTRUE);
        assertThat(found.notRefreshed().orElseThrow()).hasMessageContaining("older than the one at hand");
        clock.move(Duration.ofDays(6));
        assertThat(service.with(long_).find(LIST).der())
                .as("what nobody confirms for a week holds nobody up")
                .containsExactly(Vectors.oldMilanList());
    }

    @Test
    void whatAVerifierDidNotBelieveCanBeFetchedAnew() throws Exception {
        var wanted = Vectors.milan().wanted();
        service.find(wanted);
        service.forget(wanted);
        assertThat(service.find(wanted).origin()).isEqualTo(Origin.SERVER);
        service.forget(Vectors.otherMilan().wanted());
    }

    @Test
    void differentServersDoNotAnswerForEachOther() throws Exception {
        service.find(LIST);
        try (var other = new FakeKds()) {
            var elsewhere = KeyDistributionService.at(
                    other.uri(), Transport.https(Duration.ofSeconds(20)), folder.resolve("cache"), clock, clock);
            assertThat(elsewhere.find(LIST).origin()).isEqualTo(Origin.SERVER);
        }
    }

    @Test
    void anInterruptedCallEndsAndLeavesTheThreadInterrupted() throws Exception {
        Thread.currentThread().interrupt();
        var e = refused(LIST);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(e.problem()).isEqualTo(Problem.UNREACHABLE);
        assertThat(e).hasMessageContaining("interrupted");
        assertThat(service.find(LIST).origin()).isEqualTo(Origin.SERVER);
    }

    @Test
    void aCacheThatCannotBeWrittenIsSaid() throws Exception {
        Files.writeString(folder.resolve("cache"), "a file");
        var e = refused(LIST);
        assertThat(e.problem()).isEqualTo(Problem.CACHE);
        assertThat(e).hasMessageContaining(folder.resolve("cache").toString());
        assertThat(kds.asked).isEmpty();
    }

    @Test
    void aListAtHandIsUsedWhereTheCacheCannotBeLocked() throws Exception {
        service.find(LIST);
        Files.createDirectories(folder.resolve("carried"));
        Files.write(folder.resolve("carried/Milan.crl"), Vectors.milanList().toArray());
        Files.writeString(folder.resolve("file"), "a file");
        var broken = KeyDistributionService.at(
                        kds.uri(), Transport.https(Duration.ofSeconds(20)), folder.resolve("file"), clock, clock)
                .withDirectory(folder.resolve("carried"));
        var found = broken.find(LIST);
        assertThat(found.origin()).isEqualTo(Origin.DIRECTORY);
        assertThat(found.notRefreshed().orElseThrow().problem()).isEqualTo(Problem.CACHE);
    }

    @Test
    void anAddressThatIsNoneIsABug() {
        for (var text : List.of(
                "https://host/?a=b",
                "https://host/#a",
                "https://user@host/",
                "mailto:a@b",
                "relative",
                "https://h/" + "a".repeat(500))) {
            var uri = URI.create(text);
            assertThatThrownBy(
                            () -> KeyDistributionService.at(uri, Transport.https(Duration.ofSeconds(1)), folder, clock))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private CollateralException refused(Collateral wanted) {
        return refusedBy(service, wanted);
    }

    private static CollateralException refusedBy(KeyDistributionService service, Collateral wanted) {
        return catchThrowableOfType(CollateralException.class, () -> service.find(wanted));
    }
}
