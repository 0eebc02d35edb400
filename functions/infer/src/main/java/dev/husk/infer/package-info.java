/**
 * The function {@code infer}: answers which label a model gives to rows.
 *
 * <p>The model is data, read strictly; it holds no code. Between runs the last model stays in memory, and no row does.
 *
 * <p>What this does not do: hide rows and answers from whoever sees the request and its answer, nor keep a caller from
 * learning about the model by asking often; the grant limits how often.
 */
@NullMarked
package dev.husk.infer;

import org.jspecify.annotations.NullMarked;
