package dev.husk.snp.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.jna.Pointer;
import dev.husk.snp.Bytes;
import dev.husk.snp.CertificateTable;
import dev.husk.snp.MalformedCertificateTableException;
import dev.husk.snp.guest.DerivedKeyRequest.Field;
import dev.husk.snp.guest.DerivedKeyRequest.RootKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SevGuestDeviceTest {
    private static final Bytes DATA = Bytes.copyOf(filled(64, 0x5a));
    private static final long NOT_CALLED = 0xff;
    private static final int EIO = 5;

    private final FakeLibC kernel = new FakeLibC();
    private final List<Duration> slept = new ArrayList<>();
    private final SevGuestDevice device = new SevGuestDevice(kernel, Path.of("/dev/sev-guest"), slept::add);

    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static int reports(Pointer response, int status, int size) {
        response.setInt(0, status);
        response.setInt(4, size);
        response.write(32, filled(1184, 0x77), 0, 1184);
        return 0;
    }

    private static FakeLibC.Answer report() {
        return (call, request, response) -> reports(response, 0, 1184);
    }

    /** The host has a table of this many bytes; the driver names the size where it does not fit. */
    private static FakeLibC.Answer certificates(int size, byte[] table) {
        return (call, request, response) -> {
            if (request.getInt(104) < size) {
                request.setInt(104, size);
                call.setLong(24, 1L << 32);
                return EIO;
            }
            if (size > 0) {
                request.getPointer(96).write(0, table, 0, table.length);
            }
            return reports(response, 0, 1184);
        };
    }

    private static byte[] table() {
        return ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(Bytes.fromHex("63da758de6644564adc5f4b93be8accd").toArray())
                .putInt(48)
                .putInt(3)
                .put(48, new byte[] {1, 2, 3})
                .array();
    }

    @Test
    void aReportIsAskedForAsTheKernelExpectsIt() throws Exception {
        kernel.then(report());
        assertThat(device.report(DATA, 2)).isEqualTo(Bytes.copyOf(filled(1184, 0x77)));

        var asked = kernel.asked.get(0);
        assertThat(asked.number()).isEqualTo(0xC0205300L);
        assertThat(asked.version()).isEqualTo(1);
        byte[] expected = Arrays.copyOf(DATA.toArray(), 96);
        expected[64] = 2;
        assertThat(asked.request()).isEqualTo(expected);
        assertThat(kernel.opened).containsExactly("/dev/sev-guest " + (LibC.O_RDWR | LibC.O_CLOEXEC));
        assertThat(kernel.stillOpen).isZero();
    }

    @Test
    void argumentsThatNoReportHasAreRefusedBeforeTheDeviceIsOpened() {
        for (int vmpl : new int[] {-1, 4}) {
            assertThatThrownBy(() -> device.report(DATA, vmpl)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> device.extendedReport(DATA, vmpl)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int size : new int[] {0, 63, 65}) {
            var data = Bytes.copyOf(new byte[size]);
            assertThatThrownBy(() -> device.report(data, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> device.extendedReport(data, 0)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(kernel.opened).isEmpty();
    }

    @Test
    void theStatusInsideTheResponseIsChecked() {
        kernel.then((call, request, response) -> reports(response, 0x16, 0));
        var e = refusal();
        assertThat(e.errno()).isZero();
        assertThat(e.firmwareError()).isEqualTo(0x16);
        assertThat(e).hasMessageContaining("SNP_GET_REPORT failed, firmware status 0x16 INVALID_PARAM; is the VMPL");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1183, 1185, 3968, -1})
    void aReportOfAnotherSizeIsRefused(int size) {
        kernel.then((call, request, response) -> reports(response, 0, size));
        assertThat(refusal()).hasMessageContaining("a report of " + Integer.toUnsignedString(size) + " bytes");
    }

    @Test
    void anErrorBesideSuccessIsNotSuccess() {
        kernel.then((call, request, response) -> {
            call.setLong(24, 0x27);
            return reports(response, 0, 1184);
        });
        assertThat(refusal()).hasMessageContaining("0x27 INVALID_KEY");
    }

    @Test
    void kernelHostAndFirmwareEachHaveTheirCode() {
        kernel.fails(EIO, 7L << 32 | 0x0A);
        var e = refusal();
        assertThat(e.request()).isEqualTo("SNP_GET_REPORT");
        assertThat(e.errno()).isEqualTo(EIO);
        assertThat(e.firmwareError()).isEqualTo(0x0A);
        assertThat(e.vmmError()).isEqualTo(7);
        assertThat(e)
                .hasMessage("SNP_GET_REPORT failed: errno 5 (EIO), firmware status 0x0A BAD_SIGNATURE, host error 0x7");
        assertThat(slept).isEmpty();
        assertThat(kernel.stillOpen).isZero();
    }

    @ParameterizedTest
    @CsvSource({"11,255", "16,255", "5,8589934592", "11,8589934592"})
    void aBusyHostIsAskedAgainAfterPausesThatGrow(int errno, long exitInfo) throws Exception {
        kernel.fails(errno, exitInfo)
                .fails(errno, exitInfo)
                .fails(errno, exitInfo)
                .then(report());
        device.report(DATA, 0);
        assertThat(slept).containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400));
        assertThat(kernel.opened).hasSize(1);
    }

    @Test
    void aHostThatStaysBusyIsGivenUp() {
        for (int i = 0; i < 8; i++) {
            kernel.fails(16, NOT_CALLED);
        }
        assertThat(refusal()).hasMessageContaining("errno 16 (EBUSY)").hasMessageEndingWith("; asked 8 times");
        assertThat(slept).hasSize(7).endsWith(Duration.ofMillis(3200), Duration.ofSeconds(5));
        assertThat(kernel.stillOpen).isZero();
    }

    @Test
    void anInterruptionByASignalIsNoTry() throws Exception {
        for (int i = 0; i < 20; i++) {
            kernel.fails(4, NOT_CALLED);
        }
        kernel.then(report());
        kernel.openErrors.addAll(List.of(4, 4));
        device.report(DATA, 0);
        assertThat(slept).isEmpty();
        assertThat(kernel.opened).hasSize(3);
    }

    @Test
    void endlessInterruptionsEnd() {
        for (int i = 0; i < 100; i++) {
            kernel.fails(4, NOT_CALLED);
        }
        assertThat(refusal().errno()).isEqualTo(4);
        for (int i = 0; i < 101; i++) {
            kernel.openErrors.add(4);
        }
        assertThat(refusal().errno()).isEqualTo(4);
    }

    @Test
    void anInterruptedThreadStopsWaiting() {
        kernel.fails(11, NOT_CALLED);
        var impatient = new SevGuestDevice(kernel, Path.of("/dev/sev-guest"), time -> {
            throw new InterruptedException();
        });
        assertThatThrownBy(() -> impatient.report(DATA, 0))
                .isInstanceOf(GuestRequestException.class)
                .hasMessageEndingWith("interrupted while waiting to ask again");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(kernel.stillOpen).isZero();
    }

    @ParameterizedTest
    @CsvSource({"2,no SEV-SNP guest", "6,no SEV-SNP guest", "13,run as root", "1,run as root", "24,errno 24"})
    void adviceForADeviceThatCannotBeOpened(int errno, String words) {
        kernel.openErrors.add(errno);
        var e = refusal();
        assertThat(e.request()).isEqualTo("open");
        assertThat(e.errno()).isEqualTo(errno);
        assertThat(e)
                .hasMessageStartingWith("cannot open /dev/sev-guest: errno " + errno)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(ints = {25, 110})
    void adviceForADriverThatGaveUpItsKey(int errno) {
        kernel.fails(errno, NOT_CALLED);
        assertThat(refusal()).hasMessageContaining("the firmware was not asked").hasMessageContaining("restart");
    }

    @Test
    void certificatesAreFetchedOnceTheirSizeIsKnown() throws Exception {
        kernel.then(certificates(4096, table())).then(certificates(4096, table()));
        var evidence = device.extendedReport(DATA, 1);
        assertThat(evidence.report().length()).isEqualTo(1184);
        assertThat(evidence.certificates()).containsExactly(Bytes.fromHex("010203"));
        assertThat(kernel.asked).hasSize(2).allSatisfy(asked -> {
            assertThat(asked.number()).isEqualTo(0xC0205302L);
            assertThat(asked.request()[64]).isEqualTo((byte) 1);
            assertThat(Arrays.copyOf(asked.request(), 64)).isEqualTo(DATA.toArray());
        });
        assertThat(Arrays.copyOfRange(kernel.asked.get(0).request(), 96, 112)).containsOnly(0);
    }

    @Test
    void aHostWithoutCertificatesAnswersAtOnce() throws Exception {
        kernel.then(certificates(0, new byte[0]));
        assertThat(device.extendedReport(DATA, 0).certificates()).isEmpty();
        assertThat(kernel.asked).hasSize(1);
    }

    @Test
    void aTableThatGrowsBetweenTheCallsIsFetchedInItsNewSize() throws Exception {
        kernel.then(certificates(4096, table()))
                .then(certificates(5000, table()))
                .then(certificates(12288, table()))
                .then(certificates(12288, table()));
        assertThat(device.extendedReport(DATA, 0).certificates()).hasSize(1);
        assertThat(kernel.asked)
                .extracting(asked -> ByteBuffer.wrap(asked.request())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt(104))
                .containsExactly(0, 4096, 8192, 12288);
    }

    @Test
    void aTableThatGrowsForeverIsGivenUp() {
        for (int pages = 1; pages <= 5; pages++) {
            kernel.then(certificates(pages * 4096, table()));
        }
        assertThat(tooSmall()).hasMessageContaining("the host wants 20480 bytes for certificates after 16384");
    }

    @ParameterizedTest
    @ValueSource(ints = {CertificateTable.MAX_SIZE + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void theHostCannotMakeTheGuestAllocateWhatItLikes(int wanted) {
        kernel.then((call, request, response) -> {
            request.setInt(104, wanted);
            call.setLong(24, 1L << 32);
            return EIO;
        });
        assertThat(tooSmall())
                .hasMessageContaining("the host wants " + Integer.toUnsignedString(wanted) + " bytes for certificates")
                .hasMessageEndingWith("may have 65536 at most");
    }

    @Test
    void aHostThatWantsMoreAndNamesNoMoreIsGivenUp() {
        kernel.then(certificates(4096, table())).fails(EIO, 1L << 32);
        assertThat(tooSmall()).hasMessageContaining("wants 4096 bytes for certificates after 4096");
        kernel.fails(EIO, 1L << 32);
        assertThat(tooSmall()).hasMessageContaining("wants 0 bytes");
    }

    @Test
    void theLargestTableIsAllowed() throws Exception {
        kernel.then(certificates(CertificateTable.MAX_SIZE, table()))
                .then(certificates(CertificateTable.MAX_SIZE, table()));
        assertThat(device.extendedReport(DATA, 0).certificates()).hasSize(1);
    }

    @Test
    void nonsenseInPlaceOfATableIsMalformed() {
        byte[] nonsense = filled(4096, 0xff);
        kernel.then(certificates(4096, nonsense)).then(certificates(4096, nonsense));
        assertThatThrownBy(() -> device.extendedReport(DATA, 0)).isInstanceOf(MalformedCertificateTableException.class);
    }

    @Test
    void aBusyHostIsAskedAgainForCertificatesToo() throws Exception {
        kernel.fails(EIO, 2L << 32)
                .then(certificates(4096, table()))
                .fails(EIO, 2L << 32)
                .then(certificates(4096, table()));
        assertThat(device.extendedReport(DATA, 0).certificates()).hasSize(1);
        assertThat(slept).containsExactly(Duration.ofMillis(100), Duration.ofMillis(100));
    }

    @Test
    void aDerivedKeyIsAskedForAsTheKernelExpectsIt() throws Exception {
        kernel.then((call, request, response) -> {
            response.write(32, filled(32, 0x42), 0, 32);
            return 0;
        });
        var request = new DerivedKeyRequest(
                RootKey.VMRK,
                Set.of(Field.MEASUREMENT, Field.TCB_VERSION, Field.GUEST_SVN),
                3,
                -2,
                0x8877665544332211L);
        try (var key = device.derivedKey(request)) {
            assertThat(key.copy()).isEqualTo(filled(32, 0x42));
        }
        assertThat(kernel.asked.get(0).number()).isEqualTo(0xC0205301L);
        assertThat(kernel.asked.get(0).request())
                .isEqualTo(
                        Bytes.fromHex("0100000000000000" + "3800000000000000" + "03000000feffffff" + "1122334455667788")
                                .toArray());
    }

    @Test
    void aKeyThatTheFirmwareRefusesIsNone() {
        kernel.then((call, request, response) -> {
            response.setInt(0, 0x27);
            response.write(32, filled(32, 0x42), 0, 32);
            return 0;
        });
        var e = catchThrowableOfType(GuestRequestException.class, () -> device.derivedKey(usual()));
        assertThat(e.firmwareError()).isEqualTo(0x27);
        assertThat(e).hasMessageContaining("SNP_GET_DERIVED_KEY failed, firmware status 0x27 INVALID_KEY");
        kernel.then((call, request, response) -> 0);
        assertThatThrownBy(() -> device.derivedKey(usual())).hasMessage("SNP_GET_DERIVED_KEY: a key of zeros");
    }

    @Test
    void aClosedKeyGivesNothingAndItsTextNeverDoes() throws Exception {
        byte[] bytes = filled(32, 0x42);
        var key = new DerivedKey(bytes);
        assertThat(key).hasToString("DerivedKey").isNotEqualTo(new DerivedKey(filled(32, 0x42)));
        key.close();
        assertThat(bytes).containsOnly(0);
        assertThatThrownBy(key::copy).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new DerivedKey(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeyRequestThatSaysOneThingAndMeansAnotherIsRefused() {
        var measured = Set.of(Field.MEASUREMENT);
        assertThatThrownBy(() -> new DerivedKeyRequest(RootKey.VCEK, Set.of(), 0, 0, 0))
                .hasMessageContaining("every guest's key");
        assertThatThrownBy(() -> new DerivedKeyRequest(RootKey.VCEK, measured, 4, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DerivedKeyRequest(RootKey.VCEK, measured, 0, 1, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DerivedKeyRequest(RootKey.VCEK, measured, 0, 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new DerivedKeyRequest(RootKey.VCEK, Set.of(Field.values()), 0, 0, 0).fieldSelect())
                .isEqualTo(0b111111);
    }

    private static DerivedKeyRequest usual() {
        return new DerivedKeyRequest(RootKey.VCEK, Set.of(Field.MEASUREMENT), 0, 0, 0);
    }

    private GuestRequestException refusal() {
        var e = catchThrowableOfType(GuestRequestException.class, () -> device.report(DATA, 0));
        assertThat(e).isNotNull();
        return e;
    }

    private GuestRequestException tooSmall() {
        var e = catchThrowableOfType(GuestRequestException.class, () -> device.extendedReport(DATA, 0));
        assertThat(e).isNotNull();
        assertThat(e.request()).isEqualTo("SNP_GET_EXT_REPORT");
        assertThat(e.vmmError()).isEqualTo(1);
        assertThat(e).hasMessageContaining("host error 1 INVALID_LEN");
        return e;
    }
}
