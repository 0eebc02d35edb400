package example;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

/** The actions of OpenWhisk's own suites for Java runtimes, as nested classes. */
public final class HelloWhisk {
    private HelloWhisk() {}

    /** Has a method, but not {@code main}. */
    public static JsonObject hello(JsonObject request) {
        return new JsonObject();
    }

    /** Another name for the entry point. */
    public static JsonObject naim(JsonObject request) {
        return request;
    }

    /** Echoes, with a line on each stream. */
    public static final class Echo {
        private Echo() {}

        public static JsonObject main(JsonObject request) {
            System.out.println("hello stdout");
            System.err.println("hello stderr");
            return request;
        }
    }

    /** Prints without ending the line. */
    public static final class HalfLine {
        private HalfLine() {}

        public static JsonObject main(JsonObject request) {
            System.out.print("no end");
            return request;
        }
    }

    /** Unicode in source, parameters, log and result. */
    public static final class Unicode {
        private Unicode() {}

        public static JsonObject main(JsonObject request) {
            var winter = request.get("delimiter").getAsString() + " ☃ "
                    + request.get("delimiter").getAsString();
            System.out.println(winter);
            var answer = new JsonObject();
            answer.addProperty("winter", winter);
            return answer;
        }
    }

    /** Returns variables of its environment. */
    public static final class Variables {
        private Variables() {}

        public static JsonObject main(JsonObject request) {
            var answer = new JsonObject();
            for (var name : request.keySet()) {
                var variable = request.get(name).getAsString();
                answer.addProperty(name, System.getenv(variable));
                answer.addProperty(name + "-in-map", System.getenv().get(variable));
            }
            return answer;
        }
    }

    /** Throws. */
    public static final class Thrower {
        private Thrower() {}

        public static JsonObject main(JsonObject request) {
            throw new IllegalStateException("noooooooo");
        }
    }

    /** Throws an Error. */
    public static final class Deep {
        private Deep() {}

        public static JsonObject main(JsonObject request) {
            return request.has("stop") ? request : main(request);
        }
    }

    /** Says that it failed. */
    public static final class ApplicationError {
        private ApplicationError() {}

        public static JsonObject main(JsonObject request) {
            var answer = new JsonObject();
            answer.addProperty("error", "This action is unhappy.");
            return answer;
        }
    }

    /** Returns an array. */
    public static final class ReturnsArray {
        private ReturnsArray() {}

        public static JsonArray main(JsonObject request) {
            var answer = new JsonArray();
            answer.add("a");
            answer.add("b");
            return answer;
        }
    }

    /** Takes and returns an array. */
    public static final class TakesArray {
        private TakesArray() {}

        public static JsonArray main(JsonArray request) {
            return request;
        }
    }

    /** Ends the process. */
    public static final class Exits {
        private Exits() {}

        public static JsonObject main(JsonObject request) {
            System.exit(1);
            return new JsonObject();
        }
    }

    /** Returns nothing. */
    public static final class ReturnsNull {
        private ReturnsNull() {}

        @SuppressWarnings("NullAway")
        public static JsonObject main(JsonObject request) {
            return null;
        }
    }

    /** Returns no JSON. */
    public static final class ReturnsText {
        private ReturnsText() {}

        public static String main(JsonObject request) {
            return "text";
        }
    }

    /** Returns a number that JSON does not have. */
    public static final class ReturnsNaN {
        private ReturnsNaN() {}

        public static JsonObject main(JsonObject request) {
            var answer = new JsonObject();
            answer.addProperty("number", Double.NaN);
            return answer;
        }
    }

    /** What is loaded by name. */
    public static final class Dynamic {
        private Dynamic() {}

        public static String message() {
            return "dynamic!";
        }
    }

    /** Loads a class by its own loader. */
    public static final class OwnLoader {
        private OwnLoader() {}

        public static JsonObject main(JsonObject request) throws ReflectiveOperationException {
            return called(Class.forName("example.HelloWhisk$Dynamic"));
        }
    }

    /** Loads a class by its thread's loader. */
    public static final class ThreadLoader {
        private ThreadLoader() {}

        public static JsonObject main(JsonObject request) throws ReflectiveOperationException {
            return called(Thread.currentThread().getContextClassLoader().loadClass("example.HelloWhisk$Dynamic"));
        }
    }

    static JsonObject called(Class<?> type) throws ReflectiveOperationException {
        var answer = new JsonObject();
        answer.addProperty("message", (String) type.getMethod("message").invoke(null));
        return answer;
    }
}
