package dev.husk.local.whisk;

/** A request that is answered with an error status and a text for the caller. */
final class Refused extends Exception {
    private final int status;

    Refused(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    static Refused malformed(String problem) {
        return new Refused(400, "The request content was malformed: " + problem);
    }

    static Refused missing() {
        return new Refused(404, "The requested resource does not exist.");
    }

    static Refused method(String supported) {
        return new Refused(405, "HTTP method not allowed, supported methods: " + supported);
    }

    int status() {
        return status;
    }

    String text() {
        var message = getMessage();
        return message == null ? "" : message;
    }
}
