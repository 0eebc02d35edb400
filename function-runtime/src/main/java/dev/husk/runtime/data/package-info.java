/**
 * The sealed objects of one run: datasets opened as they stream in, results sealed before they touch a disk, both over
 * presigned URLs.
 *
 * <p>What this does not do: hide sizes and times from the store, or know of contracts; it reads and writes exactly what
 * the run's release names.
 */
@NullMarked
package dev.husk.runtime.data;

import org.jspecify.annotations.NullMarked;
