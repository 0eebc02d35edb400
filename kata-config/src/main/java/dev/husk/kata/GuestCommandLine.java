package dev.husk.kata;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The kernel command line of a sandbox, as QEMU gets it under {@code -append}. It is a part of the launch measurement, so
 * a reference value speaks for whatever stands on it.
 */
public final class GuestCommandLine {
    /** What the drop-in {@code 60-husk.toml} sets: the base's own parameters, and evidence for containers. */
    public static final String PARAMETERS =
            "cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1 agent.guest_components_rest_api=all";

    private static final String ROOT = "dm-mod.create=";

    /** What lets the host into the guest, the guest's output or memory out, or starts something else. */
    private static final Set<String> OPEN = Set.of(
            "agent.config_file",
            "agent.debug_console",
            "agent.debug_console_vport",
            "agent.devmode",
            "agent.passfd_listener_port",
            "agent.server_addr",
            "init",
            "rdinit",
            "systemd.debug_shell",
            "systemd.run");

    private GuestCommandLine() {}

    /**
     * What makes this line one that no contract should name; empty where nothing does. It does not say that a sandbox
     * boots with it.
     */
    public static List<String> problems(String line) {
        var words = List.of(line.strip().split("\\s+"));
        var problems = new ArrayList<String>();
        for (var parameter : PARAMETERS.split(" ")) {
            var name = parameter.substring(0, parameter.indexOf('=') + 1);
            if (!words.contains(parameter)) {
                problems.add(parameter + " is missing, which 60-husk.toml sets");
            } else if (words.stream().anyMatch(word -> word.startsWith(name) && !word.equals(parameter))) {
                problems.add(name + " has a second value");
            }
        }
        for (var word : words) {
            int end = word.indexOf('=');
            if (OPEN.contains(end < 0 ? word : word.substring(0, end))) {
                problems.add(word + " opens the guest to the host");
            }
        }
        // Quoted, as it holds spaces.
        if (words.stream().noneMatch(word -> word.startsWith(ROOT) || word.startsWith('"' + ROOT))) {
            problems.add(ROOT + " is missing, so the root file system is not measured");
        }
        return List.copyOf(problems);
    }
}
