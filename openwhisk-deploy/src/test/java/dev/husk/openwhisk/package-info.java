/**
 * Holds the files of this folder to the rules of what reads them, and to each other.
 *
 * <p>What this does not do: it starts no OpenWhisk and no cluster.
 */
@NullMarked
package dev.husk.openwhisk;

import org.jspecify.annotations.NullMarked;
