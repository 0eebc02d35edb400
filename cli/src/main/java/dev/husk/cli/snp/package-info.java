/**
 * What {@code husk snp} does with files: reads reports and certificates in the forms that people have them in, has them
 * judged, and says what a report says.
 *
 * <p>What this does not do: trust anything but what the verifier trusts; fetch anything.
 */
@NullMarked
package dev.husk.cli.snp;

import org.jspecify.annotations.NullMarked;
