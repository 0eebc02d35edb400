/**
 * What a confidential function sees: {@code public static JsonObject main(JsonObject, FunctionContext)}.
 *
 * <p>What this does not do: keep a function from writing data into its answer or its log. The contract names the
 * archive's digest, so what the function does with data is read from its code before it is accepted.
 */
@NullMarked
package dev.husk.function;

import org.jspecify.annotations.NullMarked;
