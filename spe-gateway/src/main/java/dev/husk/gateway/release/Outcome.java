package dev.husk.gateway.release;

import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.log.Appended;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.seal.AnswerKey;
import dev.husk.protocol.seal.Sealed;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What came of a request, standing in the database once the transaction has committed. */
sealed interface Outcome {
    Appended event();

    /**
     * @param keys of what is read and written, by name; the receiver wipes them
     * @param answerKey where the request was sealed; the receiver wipes it
     * @param detailsSalt where the event has details
     */
    record Released(
            Contract contract,
            Decision.Granted granted,
            Instant leaseUntil,
            Map<String, byte[]> keys,
            Map<String, String> digests,
            Optional<AnswerKey> answerKey,
            Optional<String> detailsSalt,
            Appended event)
            implements Outcome {

        /** Wipes all keys, where nobody gets them. */
        void wipe() {
            keys.values().forEach(key -> Arrays.fill(key, (byte) 0));
            answerKey.ifPresent(AnswerKey::close);
        }

        /** The key of an object that was asked for. */
        byte[] key(String object) {
            return Objects.requireNonNull(keys.get(object), object);
        }
    }

    /** @param key of a result, sealed to its reader; to be given to nobody before the event's receipt is there */
    record Read(Contract contract, String result, Sealed key, Appended event) implements Outcome {}

    record Refused(List<Reason> reasons, Appended event) implements Outcome {}
}
