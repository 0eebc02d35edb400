package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.husk.snp.simulator.SevGuestShim;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Gateways whose state key is sealed by the processor: real processes, and real calls of the kernel's interface, which a
 * preloaded library answers ({@link SevGuestShim}). What the firmware derives is a file here.
 */
@TestMethodOrder(OrderAnnotation.class)
class SnpStateKeyIT {
    private static final String DATABASE = "snp";
    private static final int COMMITTED_TCB = 0x1E0;
    private static final byte[] THIS_GUEST = key(0x11);
    private static final byte[] ANOTHER_CHIP = key(0x22);

    private static Path folder;
    private static Path firmware;
    private static Path sealed;
    private static long tcb;

    private static byte[] key(int fill) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) fill);
        return key;
    }

    @BeforeAll
    static void start() throws Exception {
        folder = Path.of(System.getProperty("husk.it")).resolve("snp-it");
        ServerUnderTest.delete(folder);
        firmware = Files.createDirectories(folder.resolve("firmware"));
        sealed = folder.resolve("state.sealed");
        SevGuestShim.compile(folder.resolve("sev_guest_shim.so")).ifPresent(why -> {
            System.err.println("SKIPPED: no gateway is started with a state key of the processor: " + why);
            assumeTrue(false, why);
        });
        ServerUnderTest.backing().createDatabase(DATABASE);
        Files.write(firmware.resolve("key"), THIS_GUEST);
        byte[] report = ServerUnderTest.processor()
                .launch(new byte[48], new byte[32], 0x30000)
                .report(new byte[64]);
        tcb = ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN).getLong(COMMITTED_TCB);
        Files.write(firmware.resolve("report"), report);
    }

    @AfterAll
    static void stop() {
        System.clearProperty("husk.it.base");
    }

    private static Replica gateway(String name, String... script) throws Exception {
        var settings = new HashMap<String, String>();
        settings.put("HUSK_STATE_KEY_SOURCE", "snp:" + sealed);
        settings.put("LD_PRELOAD", folder.resolve("sev_guest_shim.so").toString());
        settings.put("SEV_GUEST_SHIM", firmware.toString());
        Files.writeString(
                firmware.resolve("script"),
                String.join("", Arrays.stream(script).map(line -> line + "\n").toList()));
        Files.deleteIfExists(firmware.resolve("record"));
        return Replica.start(name, DATABASE, settings);
    }

    private static List<String> keysAskedFor() throws Exception {
        return Files.readAllLines(firmware.resolve("record")).stream()
                .filter(line -> line.startsWith("SNP_GET_DERIVED_KEY"))
                .toList();
    }

    private static void assertWiped() throws Exception {
        assertThat(Files.readAllLines(firmware.resolve("record")))
                .contains("key buffer freed wiped")
                .doesNotContain("key buffer freed WITH ITS KEY");
    }

    /** The sealed values in the tables that have some; the first start makes the tables. */
    private static Map<String, Set<String>> stored() throws Exception {
        var values = SealedValues.of(DATABASE);
        values.values().removeIf(Set::isEmpty);
        return values;
    }

    /** Starts one that ends by itself with the status of a wrong configuration, and leaves everything as it was. */
    private static String refused(String name, String... script) throws Exception {
        var before = stored();
        byte[] file = Files.exists(sealed) ? Files.readAllBytes(sealed) : new byte[0];
        try (var gateway = gateway(name, script)) {
            assertThat(gateway.awaitEnd()).isEqualTo(78);
            assertThat(firmware.resolve("script")).as("calls that did not come").isEmptyFile();
            assertThat(stored()).isEqualTo(before);
            assertThat(Files.exists(sealed) ? Files.readAllBytes(sealed) : new byte[0])
                    .isEqualTo(file);
            assertThat(gateway.printed()).contains("the gateway does not start: no state key: ");
            return gateway.printed();
        }
    }

    @Test
    @Order(1)
    void whereTheFirmwareDerivesNothingNoKeyIsMade() throws Exception {
        assertThat(refused("snp-none", "answer", "fail 5 16"))
                .contains("SNP_GET_DERIVED_KEY failed: errno 5 (EIO), firmware status 0x16 INVALID_PARAM");
        assertThat(refused("snp-no-device", "open 2"))
                .contains("sev-guest: errno 2 (ENOENT)")
                .contains("modprobe sev-guest");
        assertThat(sealed).doesNotExist();
        assertThat(stored()).isEmpty();
    }

    @Test
    @Order(2)
    void itSealsStopsStartsAgainAndReadsItsDatabase() throws Exception {
        TestContract heart;
        List<String> events;
        try (var gateway = gateway("snp-first").awaitReady()) {
            System.setProperty("husk.it.base", gateway.base());
            heart = TestContract.named("on-the-chip").active();
            events = heart.eventNames();
            assertThat(gateway.printed()).doesNotContain("UNPROTECTED");
        }
        // The VCEK; policy, measurement and TCB version mixed in; the version that is committed.
        assertThat(keysAskedFor())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .startsWith("SNP_GET_DERIVED_KEY version=1 root=0 reserved=0 fields=29 vmpl=0 svn=0 tcb="
                                + Long.toHexString(tcb) + " "));
        assertWiped();
        try (var gateway = gateway("snp-second").awaitReady()) {
            System.setProperty("husk.it.base", gateway.base());
            assertThat(heart.eventNames()).isEqualTo(events);
            assertThat(heart.deposit("hospital-a", "anna-2025").status()).isEqualTo(201);
        }
        assertWiped();
        Logs.assertWithout(folder.resolveSibling("replicas"), Map.of("the derived key", THIS_GUEST));
    }

    @Test
    @Order(3)
    void anotherChipOrOtherSoftwareDoesNotOpenIt() throws Exception {
        Files.write(firmware.resolve("key"), ANOTHER_CHIP);
        try {
            assertThat(refused("snp-other"))
                    .contains("does not open: it was sealed by other software, on another chip, or was changed");
        } finally {
            Files.write(firmware.resolve("key"), THIS_GUEST);
        }
    }

    @Test
    @Order(3)
    void aFirmwareThatRefusesIsNoReasonToTakeTheKeyFromElsewhere() throws Exception {
        assertThat(refused("snp-refusing", "status 27")).contains("0x27 INVALID_KEY");
        // The key is opened, and then its version cannot be learned.
        assertThat(refused("snp-silent", "answer", "fail 5 13"))
                .contains("SNP_GET_REPORT failed")
                .contains("0x13");
    }

    @Test
    @Order(3)
    void anEmptyDatabaseDoesNotGetAFreshKeyInPlaceOfOneThatDoesNotOpen() throws Exception {
        ServerUnderTest.backing().createDatabase("snp_empty");
        Files.write(firmware.resolve("key"), ANOTHER_CHIP);
        byte[] file = Files.readAllBytes(sealed);
        Files.writeString(firmware.resolve("script"), "");
        var settings = new HashMap<String, String>();
        settings.put("HUSK_STATE_KEY_SOURCE", "snp:" + sealed);
        settings.put("LD_PRELOAD", folder.resolve("sev_guest_shim.so").toString());
        settings.put("SEV_GUEST_SHIM", firmware.toString());
        try (var gateway = Replica.start("snp-empty", "snp_empty", settings)) {
            assertThat(gateway.awaitEnd()).isEqualTo(78);
            assertThat(gateway.printed()).contains("does not open: it was sealed by other software");
        } finally {
            Files.write(firmware.resolve("key"), THIS_GUEST);
        }
        assertThat(Files.readAllBytes(sealed)).isEqualTo(file);
    }

    @Test
    @Order(4)
    void onceALaterFirmwareIsCommittedTheFileIsSealedForThatOne() throws Exception {
        byte[] report = Files.readAllBytes(firmware.resolve("report"));
        ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN).putLong(COMMITTED_TCB, tcb + 1);
        Files.write(firmware.resolve("report"), report);
        byte[] file = Files.readAllBytes(sealed);
        gateway("snp-later").awaitReady().close();
        assertThat(keysAskedFor())
                .anySatisfy(line -> assertThat(line).contains(" tcb=" + Long.toHexString(tcb) + " "))
                .anySatisfy(line -> assertThat(line).contains(" tcb=" + Long.toHexString(tcb + 1) + " "));
        assertThat(Files.readAllBytes(sealed)).isNotEqualTo(file);
        gateway("snp-later-again").awaitReady().close();
        assertThat(keysAskedFor())
                .allSatisfy(line -> assertThat(line).contains(" tcb=" + Long.toHexString(tcb + 1) + " "));
    }
}
