/**
 * An OpenWhisk-compatible REST API in one process: actions, packages, triggers, rules, activations and web actions, run
 * in function-runtime processes that stand for containers.
 *
 * <p>{@link dev.husk.local.whisk.WhiskServer} is the way in. It serves one namespace, {@code guest}, to the holder of one
 * key.
 *
 * <p>What this does not do: TLS, several users, sequences, compositions, container images, feeds, or isolation of an
 * action from this machine. It is for one person's machine; production runs Apache OpenWhisk.
 */
@NullMarked
package dev.husk.local.whisk;

import org.jspecify.annotations.NullMarked;
