package dev.husk.benchmark.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process and all below it, as {@code /proc} tells of them (proc(5)). Linux only. */
public record ProcessTree(long pid) {
    /** The unit of times in {@code /proc/PID/stat}: 100 in a second on every Linux that has a C library's USER_HZ. */
    private static final double TICKS = 100;

    private static final int USER_TIME = 11;
    private static final int CHILDRENS_SYSTEM_TIME = 14;

    /** Processor time of all of them, and of those that ended and were waited for, in seconds. */
    public double cpuSeconds() {
        return pids().mapToDouble(one -> seconds(read(one, "stat"))).sum();
    }

    /** Time of a process and of its ended children, from the one line of {@code stat}; 0 for none. */
    static double seconds(String stat) {
        if (stat.isEmpty()) {
            return 0;
        }
        // The name in parentheses may hold blanks and parentheses itself.
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        double ticks = 0;
        for (int i = USER_TIME; i <= CHILDRENS_SYSTEM_TIME; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks / TICKS;
    }

    /** The one Java process of the tree. */
    long java() throws LoadFailedException {
        List<Long> found =
                pids().filter(one -> read(one, "comm").strip().equals("java")).toList();
        if (found.size() != 1) {
            throw new LoadFailedException("the gateway is not one Java process but " + found.size());
        }
        return found.get(0);
    }

    /** Memory of one process in RAM, in KiB. */
    static long residentKib(long pid) {
        return read(pid, "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }

    private Stream<Long> pids() {
        return ProcessHandle.of(pid).stream()
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .map(ProcessHandle::pid);
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            // It ended meanwhile; its parent's figures hold its time.
            return "";
        }
    }
}
