/**
 * The function {@code infer}: answers which label a model gives to rows.
 *
 * <p>A model of {@code train} is data, read strictly; it holds no code. An ONNX model is a program, and is checked before
 * ONNX Runtime reads it. Between runs the last model stays in memory, and no row does.
 *
 * <p>What this does not do: hide rows and answers from whoever sees the request and its answer, nor keep a caller from
 * learning about the model by asking often; the grant limits how often.
 */
@NullMarked
package dev.husk.infer;

import org.jspecify.annotations.NullMarked;
