package dev.husk.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code husk} exits with; documented in every command's help. */
final class ExitCodes {
    static final int OK = 0;
    static final int REFUSED = 1;
    static final int UNUSABLE = 2;
    static final int UNREACHABLE = 3;
    static final int BUG = 70;

    private ExitCodes() {}

    /** In the order of help texts. */
    static Map<String, String> meanings() {
        var meanings = new LinkedHashMap<String, String>();
        meanings.put(Integer.toString(OK), "done");
        meanings.put(Integer.toString(REFUSED), "refused, or a verification failed");
        meanings.put(Integer.toString(UNUSABLE), "bad usage or unusable input");
        meanings.put(Integer.toString(UNREACHABLE), "a server does not answer, or does not start");
        meanings.put(Integer.toString(BUG), "a bug in husk");
        return meanings;
    }
}
