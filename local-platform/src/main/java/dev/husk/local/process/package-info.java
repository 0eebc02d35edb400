/**
 * Child processes that end with the process that started them, however it ends.
 *
 * <p>What this does not do: restart what died, or know when a child is ready to serve.
 */
@NullMarked
package dev.husk.local.process;

import org.jspecify.annotations.NullMarked;
