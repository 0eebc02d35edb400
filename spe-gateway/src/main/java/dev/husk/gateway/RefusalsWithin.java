package dev.husk.gateway;

import jakarta.annotation.Priority;
import jakarta.annotation.Resource;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import org.jspecify.annotations.Nullable;

/**
 * Takes a refusal out of the transaction's way: the transaction is rolled back as for any exception, but the server sees
 * none, or it would write an incident file for each refused request. {@link RefusalsWithout} throws it again.
 */
@Interceptor
@Transactional
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 300)
public class RefusalsWithin {
    static final String REFUSAL = RefusalsWithin.class.getName();

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    private TransactionSynchronizationRegistry transaction;

    @AroundInvoke
    @Nullable
    Object within(InvocationContext call) throws Exception {
        try {
            return call.proceed();
        } catch (RequestRefused e) {
            transaction.setRollbackOnly();
            call.getContextData().put(REFUSAL, e);
            return null;
        }
    }
}
