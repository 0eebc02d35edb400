/**
 * Messages of the Confidential Containers KBS protocol 0.4.0: keys, what REPORT_DATA covers, JWE, errors.
 *
 * <p>What this does not do: judge evidence, keep sessions.
 */
@NullMarked
package dev.husk.protocol.kbs;

import org.jspecify.annotations.NullMarked;
