package dev.husk.local;

import java.nio.file.Path;

/** A process that starts the whole platform, prints what it offers, and waits for a signal. */
final class PlatformMain {
    private PlatformMain() {}

    /** Arguments: state folder, cache folder. The installation is found as in a real start. */
    public static void main(String[] arguments) throws Exception {
        var options = new Options(Path.of(arguments[0]), Path.of(arguments[1]), Installation.find(), Ports.ANY);
        try {
            var platform = LocalPlatform.start(options, new Printing());
            platform.memory().forEach(System.out::println);
            System.out.println("log " + platform.logKey());
            System.out.println("measurements " + platform.measurements());
            System.out.println("gateway " + platform.gatewayUrl());
            System.out.println("whisk " + platform.whiskUrl() + " " + platform.whiskAuth());
            System.out.println("token " + platform.issuer().token("anna"));
            System.out.println("ready");
            Thread.currentThread().join();
        } catch (StartFailedException e) {
            System.out.println("failed " + e.getMessage());
        }
    }

    private static final class Printing implements StartListener {
        @Override
        public void starting(String part) {
            System.out.println("starting " + part);
        }

        @Override
        public void started(String part, long milliseconds) {
            System.out.println("started " + part + " " + milliseconds + " ms");
        }
    }
}
