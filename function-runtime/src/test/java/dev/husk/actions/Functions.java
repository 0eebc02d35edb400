package dev.husk.actions;

import com.google.gson.JsonObject;
import dev.husk.function.DatasetNotGrantedException;
import dev.husk.function.FunctionContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Confidential functions for tests: each nested class is one. Loaded from jars alone, as its package is hidden. */
public final class Functions {
    private Functions() {}

    static {
        System.setProperty("husk.test.loaded", "yes");
    }

    /** Reads a dataset, writes it in capitals. */
    public static final class Capitals {
        private Capitals() {}

        public static JsonObject main(JsonObject request, FunctionContext context) throws IOException {
            context.progress("training", 0.35);
            byte[] data;
            try (var in = context.dataset("anna-2025")) {
                data = in.readAllBytes();
            }
            try (var out = context.result("risk-model")) {
                out.write(new String(data, StandardCharsets.UTF_8)
                        .toUpperCase(Locale.ROOT)
                        .getBytes(StandardCharsets.UTF_8));
            }
            var answer = new JsonObject();
            answer.addProperty("bytes", data.length);
            answer.add("request", request);
            answer.add("parameters", context.parameters());
            return answer;
        }
    }

    /** Reads the last ten bytes of a dataset, then the first ten. */
    public static final class Ends {
        private Ends() {}

        public static JsonObject main(JsonObject request, FunctionContext context) throws IOException {
            try (var channel = context.datasetChannel("anna-2025")) {
                var answer = new JsonObject();
                answer.addProperty("size", channel.size());
                answer.addProperty("last", read(channel, channel.size() - 10));
                answer.addProperty("first", read(channel, 0));
                return answer;
            }
        }

        private static String read(java.nio.channels.SeekableByteChannel channel, long position) throws IOException {
            var buffer = ByteBuffer.allocate(10);
            channel.position(position);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // a channel may give less
            }
            return new String(buffer.array(), StandardCharsets.UTF_8);
        }
    }

    /** Asks for what its grant does not name. */
    public static final class Curious {
        private Curious() {}

        public static JsonObject main(JsonObject request, FunctionContext context) throws IOException {
            var answer = new JsonObject();
            try {
                context.dataset("bert-2025").close();
            } catch (DatasetNotGrantedException e) {
                answer.addProperty("refusal", e.getMessage());
            }
            try {
                context.result("../../etc").close();
            } catch (DatasetNotGrantedException e) {
                answer.addProperty("nonsense", e.getMessage());
            }
            return answer;
        }
    }

    /** Quotes the data in its exception. */
    public static final class Clumsy {
        private Clumsy() {}

        public static JsonObject main(JsonObject request, FunctionContext context) throws IOException {
            try (var out = context.result("risk-model")) {
                out.write(1);
            }
            try (var in = context.dataset("anna-2025")) {
                throw new NumberFormatException(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    /** Asks for a dataset whose name is a secret of the request. */
    public static final class Confused {
        private Confused() {}

        public static JsonObject main(JsonObject request, FunctionContext context) throws IOException {
            context.dataset(request.get("note").getAsString()).close();
            return new JsonObject();
        }
    }

    /** Writes a result, and says that it failed. */
    public static final class Doubtful {
        private Doubtful() {}

        public static JsonObject main(JsonObject request, FunctionContext context) throws IOException {
            try (var out = context.result("risk-model")) {
                out.write(1);
            }
            var answer = new JsonObject();
            answer.addProperty("error", "did not converge");
            return answer;
        }
    }

    /** Begins a result and does not close it. */
    public static final class Careless {
        private Careless() {}

        @SuppressWarnings("resource")
        public static JsonObject main(JsonObject request, FunctionContext context) throws IOException {
            context.result("risk-model").write(1);
            return new JsonObject();
        }
    }

    /** Reads its dataset over and over, until somebody stops it. */
    public static final class Endless {
        private Endless() {}

        public static JsonObject main(JsonObject request, FunctionContext context) throws IOException {
            while (true) {
                try (var in = context.dataset("anna-2025")) {
                    in.readAllBytes();
                }
            }
        }
    }

    /** Cannot be interrupted. */
    public static final class Stubborn {
        private Stubborn() {}

        public static JsonObject main(JsonObject request, FunctionContext context) {
            var never = new java.util.concurrent.CountDownLatch(1);
            while (true) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    // goes on all the same
                }
            }
        }
    }

    /** An ordinary action. */
    public static final class Echo {
        private Echo() {}

        public static JsonObject main(JsonObject request) {
            return request;
        }
    }

    /** Looks for the runtime's own classes. */
    public static final class Nosy {
        private Nosy() {}

        public static JsonObject main(JsonObject request) {
            var answer = new JsonObject();
            for (var name : new String[] {
                "dev.husk.runtime.Main", "dev.husk.protocol.kbs.Jwe", "dev.husk.function.FunctionContext"
            }) {
                try {
                    Class.forName(name);
                    answer.addProperty(name, true);
                } catch (ClassNotFoundException e) {
                    answer.addProperty(name, false);
                }
            }
            return answer;
        }
    }

    /** Waits inside until three runs are there, and says who it is, a piece at a time. */
    public static final class Meeting {
        private static final CountDownLatch THREE = new CountDownLatch(3);

        private Meeting() {}

        public static JsonObject main(JsonObject request, FunctionContext context)
                throws IOException, InterruptedException {
            context.progress("waiting", 0.5);
            System.out.print("met ");
            THREE.countDown();
            if (!THREE.await(4, TimeUnit.MINUTES)) {
                throw new IllegalStateException("nobody else came");
            }
            System.out.println(context.activation());
            var answer = request.deepCopy();
            answer.addProperty("activation", context.activation());
            if (!request.has("sealed")) {
                try (var in = context.dataset("anna-2025");
                        var out = context.result("risk-model")) {
                    answer.addProperty("bytes", in.transferTo(out));
                }
            }
            return answer;
        }
    }

    /** Tells the test that it runs, and reads its dataset until somebody stops it. */
    public static final class Watched {
        /** Property of the system that holds a {@link CountDownLatch}. */
        public static final String STARTED = "husk.test.started";

        private Watched() {}

        public static JsonObject main(JsonObject request, FunctionContext context) throws IOException {
            ((CountDownLatch) System.getProperties().get(STARTED)).countDown();
            while (true) {
                try (var in = context.dataset("anna-2025")) {
                    in.readAllBytes();
                }
            }
        }
    }

    /** Goes in, and out once the test lets it. */
    public static final class Guarded {
        /** Properties of the system that hold a {@link Semaphore}. */
        public static final String ENTERED = "husk.test.entered";

        public static final String LEAVE = "husk.test.leave";

        private Guarded() {}

        public static JsonObject main(JsonObject request) throws InterruptedException {
            ((Semaphore) System.getProperties().get(ENTERED)).release();
            if (!((Semaphore) System.getProperties().get(LEAVE)).tryAcquire(4, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the test has forgotten it");
            }
            return request;
        }
    }
}
