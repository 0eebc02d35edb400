package dev.husk.snp.kds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in a cache directory is there whole, or not at all. */
class CacheTest {
    private static final URI SERVER = URI.create("https://kds.example/");
    private static final Instant FETCHED = Instant.parse("2025-06-01T00:00:00Z");

    @TempDir
    Path folder;

    private Cache cache;
    private Collateral wanted;

    @BeforeEach
    void fill() throws Exception {
        cache = new Cache(folder, SERVER);
        wanted = Collateral.revocationList(Product.MILAN);
        cache.write(wanted, wanted.read(Vectors.milanList()), FETCHED);
    }

    private Path file() throws Exception {
        try (var files = Files.list(folder)) {
            var all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    @Test
    void whatIsWrittenIsReadWithItsMoment() {
        var entry = cache.read(wanted).orElseThrow();
        assertThat(entry.fetched()).isEqualTo(FETCHED);
        assertThat(entry.contents().der()).hasSize(1);
        assertThat(cache.read(Collateral.revocationList(Product.GENOA))).isEmpty();
        assertThat(new Cache(folder, URI.create("https://other.example/")).read(wanted))
                .isEmpty();
    }

    @Test
    void theNameOfAFileIsADigestWhateverWasAskedFor() throws Exception {
        var chip = Vectors.milan();
        cache.delete(wanted);
        cache.write(chip.wanted(), chip.wanted().read(chip.certificate()), FETCHED);
        assertThat(String.valueOf(file().getFileName())).matches("[0-9a-f]{64}\\.kds");
    }

    @Test
    void anyChangedByteMakesTheFileAbsent() throws Exception {
        var file = file();
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) (1 << (i % 8));
            Files.write(file, damaged);
            assertThat(cache.read(wanted)).as("byte %d", i).isEmpty();
        }
        Files.write(file, whole);
        assertThat(cache.read(wanted)).isPresent();
    }

    @Test
    void anyTruncationAndAnyAdditionMakesTheFileAbsent() throws Exception {
        var file = file();
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(cache.read(wanted)).as("length %d", length).isEmpty();
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThat(cache.read(wanted)).isEmpty();
    }

    @Test
    void aFileOfSomethingElseUnderTheRightNameIsAbsent() throws Exception {
        var file = file();
        byte[] ofMilan = Files.readAllBytes(file);
        var genoa = Collateral.revocationList(Product.GENOA);
        cache.delete(wanted);
        cache.write(genoa, genoa.read(Vectors.read("amd-ca/crl/ARK-Genoa-2024-10-23.crl")), FETCHED);
        Files.write(file(), ofMilan);
        assertThat(cache.read(genoa)).isEmpty();
        for (var foreign :
                List.of(new byte[0], new byte[2 << 20], Vectors.milanList().toArray())) {
            Files.write(file(), foreign);
            assertThat(cache.read(genoa)).isEmpty();
        }
        Files.delete(file());
        assertThat(cache.read(genoa)).isEmpty();
        Files.createDirectory(file);
        assertThat(cache.read(wanted)).isEmpty();
    }

    @Test
    void anUnlikelyFileWithARightDigestIsStillReadAsWhatWasAskedFor() throws Exception {
        var file = file();
        var text = SERVER + wanted.address() + "\nyesterday\nhello";
        Files.write(file, Cache.bytes(Cache.sha256(Cache.bytes(text)) + "\n" + text));
        assertThat(cache.read(wanted)).isEmpty();
    }

    @Test
    void whatAKilledWriterLeftIsIgnoredAndSweptByTheNext() throws Exception {
        var file = file();
        var left = folder.resolve("." + file.getFileName() + ".123.new");
        Files.write(left, new byte[10]);
        assertThat(cache.read(wanted)).isPresent();
        cache.write(wanted, wanted.read(Vectors.milanList()), FETCHED.plus(Duration.ofDays(1)));
        assertThat(left).doesNotExist();
        assertThat(cache.read(wanted).orElseThrow().fetched()).isEqualTo("2025-06-02T00:00:00Z");
    }

    @Test
    void aDamagedStandingIsAGoodOne() throws Exception {
        var now = FETCHED;
        var standing = new Standing(folder.resolve("standing"), SERVER, Duration.ofHours(1));
        standing.failed(now.plusSeconds(60), now);
        Path file;
        try (var files = Files.list(folder.resolve("standing"))) {
            file = files.findFirst().orElseThrow();
        }
        assertThat(standing.read(now)).isEqualTo(new Standing.State(now.plusSeconds(60), 1));
        var whole = Bytes.copyOf(Files.readAllBytes(file));
        for (int length = 0; length < whole.length(); length++) {
            Files.write(file, whole.slice(0, length).toArray());
            assertThat(standing.read(now)).as("length %d", length).isEqualTo(Standing.State.GOOD);
        }
        for (var text : List.of("soon 1 failures\n", "2025-06-01T00:01:00Z -1 failures\n", "x".repeat(5000))) {
            Files.writeString(file, text);
            assertThat(standing.read(now)).isEqualTo(Standing.State.GOOD);
        }
    }

    @Test
    void anEarlierMomentDoesNotShortenALaterOne() throws Exception {
        var standing = new Standing(folder, SERVER, Duration.ofHours(1));
        standing.failed(FETCHED.plusSeconds(60), FETCHED);
        standing.failed(FETCHED.plusSeconds(5), FETCHED);
        assertThat(standing.read(FETCHED)).isEqualTo(new Standing.State(FETCHED.plusSeconds(60), 2));
        standing.answered(FETCHED);
        assertThat(standing.read(FETCHED)).isEqualTo(new Standing.State(FETCHED.plusSeconds(60), 0));
        standing.failed(FETCHED.plusSeconds(60), FETCHED);
        standing.answered(FETCHED.plusSeconds(60));
        assertThat(standing.read(FETCHED)).isEqualTo(Standing.State.GOOD);
    }
}
