package dev.husk.gateway;

import dev.husk.protocol.log.Checkpoint;
import java.util.Map;

/** Small questions that several tests ask. */
final class Flow {
    private Flow() {}

    static long logSize() throws Exception {
        return Checkpoint.parse(Http.get("log/checkpoint", Map.of()).body()).size();
    }
}
