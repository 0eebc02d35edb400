package dev.husk.snp.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** A folder on disk where this does what the kernel does in configfs: fills, counts, answers and empties entries. */
final class FakeTsm implements TsmEntries {
    /** What stands in outblob for what stands in inblob. */
    interface Firmware {
        byte[] answer(byte[] inblob) throws IOException;
    }

    private final Path root;
    private final ConfigfsEntries files;
    String provider = "sev_guest\n";
    Firmware report = inblob -> {
        byte[] made = new byte[1184];
        System.arraycopy(inblob, 0, made, 0x50, Math.min(64, inblob.length));
        return made;
    };
    byte[] auxblob = new byte[0];

    /** How many writes of another process come in before each of the next reads of outblob. */
    final Deque<Integer> strangers = new ArrayDeque<>();

    /** What each value that was written to {@code privlevel} says, in order. */
    final StringBuilder levels = new StringBuilder();

    FakeTsm(Path root) {
        this.root = root;
        this.files = new ConfigfsEntries(root);
    }

    @Override
    public void create(String entry) throws IOException {
        files.create(entry);
        for (var attribute : new String[] {"inblob", "outblob", "auxblob", "privlevel"}) {
            Files.createFile(root.resolve(entry).resolve(attribute));
        }
        Files.writeString(root.resolve(entry).resolve("provider"), provider);
        Files.writeString(root.resolve(entry).resolve("generation"), "0\n");
    }

    @Override
    public void write(String entry, String attribute, byte[] value) throws IOException {
        files.write(entry, attribute, value);
        if (attribute.equals("privlevel")) {
            levels.append(new String(value)).append(' ');
        }
        count(entry, 1);
    }

    @Override
    public byte[] read(String entry, String attribute, int most) throws IOException {
        var folder = root.resolve(entry);
        if (attribute.equals("outblob")) {
            count(entry, strangers.isEmpty() ? 0 : strangers.remove());
            Files.write(folder.resolve("outblob"), report.answer(Files.readAllBytes(folder.resolve("inblob"))));
            Files.write(folder.resolve("auxblob"), auxblob);
        }
        return files.read(entry, attribute, most);
    }

    @Override
    public void remove(String entry) throws IOException {
        try (var all = Files.list(root.resolve(entry))) {
            for (var attribute : all.toList()) {
                Files.delete(attribute);
            }
        }
        files.remove(entry);
    }

    private void count(String entry, int writes) throws IOException {
        var generation = root.resolve(entry).resolve("generation");
        long value = Long.parseUnsignedLong(Files.readString(generation).strip());
        Files.writeString(generation, Long.toUnsignedString(value + writes) + "\n");
    }
}
