package dev.husk.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The memory of one process of the platform.
 *
 * @param part what the process belongs to
 * @param command the name of its program
 * @param residentBytes memory in RAM; what processes share counts in each of them
 */
public record ProcessMemory(String part, String command, long pid, long residentBytes) {
    private static final long KIB = 1024;

    /** This JVM and everything below it. */
    static List<ProcessMemory> ofTree(String self, Map<Long, String> parts, String others) {
        var all = new ArrayList<ProcessMemory>();
        var here = ProcessHandle.current();
        read(self, here.pid(), all);
        here.children().forEach(child -> {
            var part = parts.getOrDefault(child.pid(), others);
            Stream.concat(Stream.of(child), child.descendants()).forEach(process -> read(part, process.pid(), all));
        });
        return List.copyOf(all);
    }

    private static void read(String part, long pid, List<ProcessMemory> into) {
        var folder = Path.of("/proc", Long.toString(pid));
        try {
            var command = Files.readString(folder.resolve("comm")).strip();
            resident(Files.readAllLines(folder.resolve("status")))
                    .ifPresent(bytes -> into.add(new ProcessMemory(part, command, pid, bytes)));
        } catch (IOException e) {
            // The process ended meanwhile, and uses none.
            return;
        }
    }

    private static OptionalLong resident(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
                .findFirst();
    }
}
