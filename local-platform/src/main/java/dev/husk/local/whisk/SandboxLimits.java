package dev.husk.local.whisk;

import java.time.Duration;
import java.util.List;

/**
 * How many sandboxes there may be, and for how long.
 *
 * @param most processes at one time, busy, idle and prewarmed together
 * @param idle an idle sandbox ends after this time
 * @param queue how long an activation waits for a sandbox before it fails
 * @param stemCells sandboxes to keep started before any action needs them
 */
public record SandboxLimits(int most, Duration idle, Duration queue, List<StemCells> stemCells) {
    public SandboxLimits {
        stemCells = List.copyOf(stemCells);
        if (most < 1) {
            throw new IllegalArgumentException("at least one sandbox, not " + most);
        }
    }

    /** Four sandboxes, ten minutes idle, two minutes in the queue, none prewarmed. */
    public static SandboxLimits defaults() {
        return new SandboxLimits(4, Duration.ofMinutes(10), Duration.ofMinutes(2), List.of());
    }

    /**
     * Prewarmed sandboxes of one kind. An action takes one only if its memory limit is the same.
     *
     * @param memory in MiB
     */
    public record StemCells(String kind, int memory, int count) {}
}
