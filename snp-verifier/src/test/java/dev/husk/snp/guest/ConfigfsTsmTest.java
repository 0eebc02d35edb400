package dev.husk.snp.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.snp.Bytes;
import dev.husk.snp.CertificateTable;
import dev.husk.snp.MalformedCertificateTableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigfsTsmTest {
    private static final Bytes DATA = Bytes.copyOf("0123456789abcdef".repeat(4).getBytes());

    @TempDir
    Path root;

    private FakeTsm kernel;
    private ConfigfsTsm tsm;

    @BeforeEach
    void mount() {
        kernel = new FakeTsm(root);
        tsm = new ConfigfsTsm(kernel);
    }

    @AfterEach
    void noEntryIsLeft() throws Exception {
        try (var entries = Files.list(root)) {
            assertThat(entries).isEmpty();
        }
    }

    @Test
    void aReportComesWithTheHostsCertificates() throws Exception {
        kernel.auxblob = ByteBuffer.allocate(51)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(Bytes.fromHex("63da758de6644564adc5f4b93be8accd").toArray())
                .putInt(48)
                .putInt(3)
                .put(48, new byte[] {1, 2, 3})
                .array();
        var evidence = tsm.report(DATA, 2);
        assertThat(evidence.report().slice(0x50, 64)).isEqualTo(DATA);
        assertThat(evidence.certificates()).containsExactly(Bytes.fromHex("010203"));
        assertThat(kernel.levels).hasToString("2 ");
    }

    @Test
    void aHostWithoutCertificatesLeavesThemOut() throws Exception {
        assertThat(tsm.report(DATA, 0).certificates()).isEmpty();
    }

    @Test
    void aReportThatAnotherWriteRacedIsAskedForAgain() throws Exception {
        kernel.strangers.addAll(List.of(1, 2, 0));
        assertThat(tsm.report(DATA, 0).report().slice(0x50, 64)).isEqualTo(DATA);
        assertThat(kernel.levels).hasToString("0 0 0 ");
    }

    @Test
    void endlessRacesEnd() {
        kernel.strangers.addAll(List.of(1, 1, 1, 1, 1, 0));
        assertThatThrownBy(() -> tsm.report(DATA, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("kept writing");
        assertThat(kernel.strangers).containsExactly(0);
    }

    @Test
    void anotherKindOfGuestIsNamed() {
        kernel.provider = "tdx_guest\u001b[31m\n";
        assertThatThrownBy(() -> tsm.report(DATA, 0))
                .isInstanceOf(IOException.class)
                .hasMessage("reports come from 'tdx_guest?[31m' here, not from sev_guest");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1183})
    void aReportOfAnotherSizeIsRefused(int size) {
        kernel.report = inblob -> new byte[size];
        assertThatThrownBy(() -> tsm.report(DATA, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("outblob has " + size + " bytes");
    }

    @Test
    void endlessAttributesAreNotReadToTheirEnd() {
        kernel.report = inblob -> new byte[1185];
        assertThatThrownBy(() -> tsm.report(DATA, 0)).hasMessageContaining("outblob has more than 1184 bytes");
        kernel.report = inblob -> new FakeTsm(root).report.answer(inblob);
        kernel.auxblob = new byte[CertificateTable.MAX_SIZE + 1];
        assertThatThrownBy(() -> tsm.report(DATA, 0)).hasMessageContaining("auxblob has more than 65536 bytes");
        kernel.provider = "x".repeat(65);
        assertThatThrownBy(() -> tsm.report(DATA, 0)).hasMessageContaining("provider has more than 64 bytes");
    }

    @Test
    void aReportOverOtherDataIsRefused() {
        kernel.report = inblob -> new FakeTsm(root).report.answer(Arrays.copyOf(inblob, 63));
        assertThatThrownBy(() -> tsm.report(DATA, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other report data");
    }

    @Test
    void aTableThatIsNoneIsMalformed() {
        kernel.auxblob = new byte[] {1};
        assertThatThrownBy(() -> tsm.report(DATA, 0)).isInstanceOf(MalformedCertificateTableException.class);
    }

    @Test
    void whatTheKernelRefusesIsNamed() {
        kernel.report = inblob -> {
            throw new IOException("Input/output error");
        };
        assertThatThrownBy(() -> tsm.report(DATA, 0)).hasMessage("cannot read outblob: Input/output error");
    }

    @Test
    void anEntryThatCannotBeReadIsRemovedAsWell() throws Exception {
        var broken = new ConfigfsTsm(new TsmEntries() {
            @Override
            public void create(String entry) throws IOException {
                kernel.create(entry);
            }

            @Override
            public void write(String entry, String attribute, byte[] value) throws IOException {
                throw new IOException("Invalid argument");
            }

            @Override
            public byte[] read(String entry, String attribute, int most) throws IOException {
                return kernel.read(entry, attribute, most);
            }

            @Override
            public void remove(String entry) throws IOException {
                kernel.remove(entry);
            }
        });
        assertThatThrownBy(() -> broken.report(DATA, 0)).hasMessage("cannot write privlevel: Invalid argument");
    }

    @Test
    void aGenerationThatIsNoNumberIsRefused() {
        var odd = new ConfigfsTsm(new TsmEntries() {
            @Override
            public void create(String entry) {}

            @Override
            public void write(String entry, String attribute, byte[] value) {}

            @Override
            public byte[] read(String entry, String attribute, int most) {
                return attribute.equals("provider") ? "sev_guest\n".getBytes() : "-\n".getBytes();
            }

            @Override
            public void remove(String entry) {}
        });
        assertThatThrownBy(() -> odd.report(DATA, 0)).hasMessage("generation is '-', not a number");
    }

    @Test
    void argumentsThatNoReportHasAreRefused() {
        assertThatThrownBy(() -> tsm.report(DATA, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tsm.report(Bytes.copyOf(new byte[63]), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMachineWithoutTheFolderIsToldWhatIsMissing() {
        var absent = new ConfigfsTsm(root.resolve("absent"));
        assertThatThrownBy(() -> absent.report(DATA, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no confidential guest");
    }
}
