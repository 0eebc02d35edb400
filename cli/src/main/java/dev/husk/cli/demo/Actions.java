package dev.husk.cli.demo;

import java.nio.file.Path;

/** The demo's OpenWhisk actions, which run in sandboxes that hold DJL. */
final class Actions {
    private final Shell shell;
    private final Story story;

    Actions(Shell shell, Story story) {
        this.shell = shell;
        this.story = story;
    }

    /** Deploys an archive as the action, and as the contract's function, of one name. */
    void deploy(String name, Path archive, String main) throws DemoFailedException {
        story.command("action deploy %s %s --contract %s --function %s --main %s --kind %s"
                .formatted(name, archive.getFileName(), DemoContract.NAME, name, main, Demo.KIND));
        var out = shell.ok(
                        "action",
                        "deploy",
                        name,
                        archive.toString(),
                        "--contract",
                        DemoContract.NAME,
                        "--function",
                        name,
                        "--main",
                        main,
                        "--kind",
                        Demo.KIND)
                .out();
        story.line(out.lines().reduce((first, last) -> last).orElse(""));
    }
}
