/**
 * What gateway, runtime and command line must agree on, by feature. No input or output.
 *
 * @see <a href="../../../../../../../docs/protocol.md">docs/protocol.md</a>
 */
@NullMarked
package dev.husk.protocol;

import org.jspecify.annotations.NullMarked;
