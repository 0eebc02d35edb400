package dev.husk.infer;

/**
 * One linear layer.
 *
 * @param weight output by output, each with a weight per input
 */
record Layer(int inputs, int outputs, float[] weight, float[] bias) {}
