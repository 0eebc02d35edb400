package dev.husk.gateway.contract;

import java.util.Locale;

/** Where a version of a contract stands (design section 2). */
public enum State {
    /** Not all parties have accepted. */
    PROPOSED,
    ACTIVE,
    /** One party has suspended it, and not all have agreed to resume. */
    SUSPENDED,
    ENDED,
    /** All parties have accepted a later version. */
    SUPERSEDED;

    /** As in the API. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
