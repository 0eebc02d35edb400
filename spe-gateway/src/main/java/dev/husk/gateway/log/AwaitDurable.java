package dev.husk.gateway.log;

import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import jakarta.transaction.Transactional;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets no transactional call return, or throw, before the events that were appended in it are durable and under a signed
 * checkpoint. It stands around the transaction, and around every one of them: a caller cannot forget it. Within it alone
 * {@link Ledger} lets a transaction commit without waiting for the disk.
 */
@Interceptor
@Transactional
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 50)
public class AwaitDurable {
    @Inject
    private GroupCommit commit;

    @Inject
    private EventLog log;

    @AroundInvoke
    @Nullable
    Object await(InvocationContext call) throws Exception {
        if (commit.begun()) {
            // Within another call, which waits for what this one appends too.
            return call.proceed();
        }
        commit.begin();
        var appended = Optional.<Appended>empty();
        Object answer;
        try {
            answer = call.proceed();
        } catch (Throwable e) {
            appended = commit.end();
            if (appended.isPresent()) {
                awaitAll(e);
            }
            throw e;
        }
        appended = commit.end();
        if (appended.isPresent()) {
            log.await(appended.get());
        }
        return answer;
    }

    /** What failed may have committed in part, in a transaction of its own; what is told of it is the failure. */
    private void awaitAll(Throwable failure) {
        try {
            log.checkpoint();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
