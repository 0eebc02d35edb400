/**
 * A software AMD Secure Processor: the same 1184-byte reports, signed under a root of its own. SIMULATED.
 *
 * <p>For tests and for the local platform, never on a production class path. What this does not do: protect anything.
 * Its keys lie in a folder, and whoever reads them can forge every report.
 */
@NullMarked
package dev.husk.snp.simulator;

import org.jspecify.annotations.NullMarked;
