/**
 * The guest side: where a sandbox gets evidence about itself.
 *
 * <p>What this does not do: judge evidence. What a source answers is untrusted until a verifier has seen it.
 */
@NullMarked
package dev.husk.snp.guest;

import org.jspecify.annotations.NullMarked;
