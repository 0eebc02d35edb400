/**
 * The gateway's TLS identity: PEM files in, the key store that the server reads out.
 *
 * <p>What this does not do: speak TLS, which the server does.
 */
@NullMarked
package dev.husk.gateway.tls;

import org.jspecify.annotations.NullMarked;
