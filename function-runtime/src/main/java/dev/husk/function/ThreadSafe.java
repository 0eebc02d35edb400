package dev.husk.function;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On the class of an entry point: several threads may call it at once. Where the platform allows it, its runs then
 * overlap in one sandbox, and share its static state; {@code __OW_ACTIVATION_ID}, {@code __OW_TRANSACTION_ID} and
 * {@code __OW_DEADLINE} are not exported, since a process has one environment. A jar may say the same in its manifest,
 * as {@code Husk-Thread-Safe: true}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ThreadSafe {}
