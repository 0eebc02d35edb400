/**
 * The local platform: PostgreSQL, an S3 store, the gateway and an OpenWhisk API as one process tree on one machine, with
 * a simulated TEE. {@link dev.husk.local.LocalPlatform} starts and stops all of it.
 *
 * <p>What this does not do: protect anything from whoever can read the state folder or from root, listen on anything but
 * 127.0.0.1, or restart a part that died.
 */
@NullMarked
package dev.husk.local;

import org.jspecify.annotations.NullMarked;
