package dev.husk.snp.measure;

import dev.husk.snp.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Builds images of OVMF and SVSM for tests: a pattern, SEV metadata, a table of GUIDs. Well-formed unless told otherwise. */
final class FirmwareImage {
    static final String METADATA = "dc886566-984a-4798-a75e-5585a7bf67cc";
    static final String HASH_TABLE = "7255371f-3a3b-4b04-927b-1da6efa8d454";
    static final String RESET_BLOCK = "00f771de-1a7e-4fcb-890e-68c77e2fb44e";
    static final String SVSM_INFO = "a789a612-0597-4c4b-a49f-cbb1fe9d1ddd";
    static final String FOOTER = "96b582de-1fb2-45f7-baea-a366c55a082d";

    /** Bytes between the metadata and the end of the image: room for the table. */
    static final int METADATA_FROM_END = 0x800;

    private final int size;
    private final List<int[]> sections = new ArrayList<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    FirmwareImage(int pages) {
        this.size = pages * 4096;
    }

    /** Firmware that measures kernels and starts several vCPUs. */
    static FirmwareImage ovmf() {
        return new FirmwareImage(3)
                .section(0x800000, 0x9000, 1)
                .section(0x80A000, 0x3000, 1)
                .section(0x80D000, 0x1000, 2)
                .section(0x80E000, 0x1000, 3)
                .section(0x80F000, 0x1000, 4)
                .section(0x810000, 0x1000, 0x10)
                .metadata()
                .entry(HASH_TABLE, 0x810C00, 0x400)
                .entry(RESET_BLOCK, 0x80B004);
    }

    static FirmwareImage svsm() {
        return new FirmwareImage(5)
                .section(0x1000, 0x4000, 1)
                .section(0x9000, 0x1000, 3)
                .section(0x8000, 0x1000, 2)
                .section(0xA000, 0x1000, 4)
                .metadata()
                .entry(SVSM_INFO, 0x1234);
    }

    FirmwareImage section(int address, int size, int type) {
        sections.add(new int[] {address, size, type});
        return this;
    }

    FirmwareImage metadata() {
        return entry(METADATA, METADATA_FROM_END);
    }

    FirmwareImage entry(String guid, int... words) {
        var data = ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            data.putInt(word);
        }
        entries.put(guid, data.array());
        return this;
    }

    FirmwareImage without(String guid) {
        entries.remove(guid);
        return this;
    }

    FirmwareImage withoutSections() {
        sections.clear();
        return without(METADATA);
    }

    byte[] array() {
        byte[] image = new byte[size];
        for (int i = 0; i < size; i++) {
            image[i] = (byte) (i * 31 + i / 4096);
        }
        var out = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        if (!sections.isEmpty()) {
            out.position(size - METADATA_FROM_END);
            out.putInt(0x56455341).putInt(16 + 12 * sections.size()).putInt(1).putInt(sections.size());
            for (int[] section : sections) {
                out.putInt(section[0]).putInt(section[1]).putInt(section[2]);
            }
        }
        int length = 18
                + entries.values().stream().mapToInt(data -> data.length + 18).sum();
        out.position(size - 32 - length);
        entries.forEach((guid, data) -> {
            out.put(data).putShort((short) (data.length + 18));
            Guid.put(out, UUID.fromString(guid));
        });
        out.putShort((short) length);
        Guid.put(out, UUID.fromString(FOOTER));
        return image;
    }

    Bytes bytes() {
        return Bytes.copyOf(array());
    }
}
