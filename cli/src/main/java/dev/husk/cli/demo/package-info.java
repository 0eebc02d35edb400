/**
 * What the demo tells its story with: real patients' measurements, dealt to two invented hospitals.
 *
 * <p>What this does not do: say anything about how good such a model would be in a clinic.
 */
@NullMarked
package dev.husk.cli.demo;

import org.jspecify.annotations.NullMarked;
