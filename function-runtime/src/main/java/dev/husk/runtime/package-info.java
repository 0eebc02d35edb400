/**
 * The OpenWhisk action runtime: {@code /init} and {@code /run} over HTTP, plain actions and confidential functions.
 *
 * <p>A confidential sandbox is bound to its archive before a class of it is loaded, asks the gateway for a release at
 * every run, proves it against the pinned log, and hands the function its datasets and results. Runs of
 * an action that says it is thread-safe overlap where the platform allows it. What this does not do: keep overlapping
 * runs of one action from each other, or contain hostile code inside the process: the sandbox is the confidential
 * machine around it.
 */
@NullMarked
package dev.husk.runtime;

import org.jspecify.annotations.NullMarked;
