/**
 * The function {@code train}: reads the granted datasets, trains one network on all of them together, says how much
 * better that is than each dataset alone, and writes the model as a result.
 *
 * <p>Nothing here prints, and no message quotes a value of a dataset; column names may appear.
 *
 * <p>What this does not do: hide what a trained model and its figures say about the rows they come from. Accuracies and
 * losses stand in the answer, which OpenWhisk stores in the clear, and the model can be asked about a row as often as
 * its own grant allows.
 */
@NullMarked
package dev.husk.train;

import org.jspecify.annotations.NullMarked;
