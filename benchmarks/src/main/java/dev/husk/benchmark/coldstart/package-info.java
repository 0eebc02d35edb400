/**
 * How long a cold start takes, with and without attestation, beside a runtime that attests nothing: processes, or
 * containers of the image, started one after the other in turns and asked over HTTP as OpenWhisk's invoker asks.
 *
 * <p>What this does not measure: the boot of a confidential VM, the pull of an image, a network, and hardware's time for a
 * report, which comes SIMULATED from the driver's process. Driver, gateway and database share the machine.
 */
@NullMarked
package dev.husk.benchmark.coldstart;

import org.jspecify.annotations.NullMarked;
