package dev.husk.gateway;

import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import jakarta.transaction.Transactional;
import org.jspecify.annotations.Nullable;

/** Throws, once the transaction has ended, the refusal that {@link RefusalsWithin} kept from it. */
@Interceptor
@Transactional
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 100)
public class RefusalsWithout {
    @AroundInvoke
    @Nullable
    Object without(InvocationContext call) throws Exception {
        var answer = call.proceed();
        if (call.getContextData().remove(RefusalsWithin.REFUSAL) instanceof RequestRefused refused) {
            throw refused;
        }
        return answer;
    }
}
