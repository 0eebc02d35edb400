/**
 * The guest side: where a sandbox gets evidence about itself, and keys that only it gets again.
 *
 * <p>{@link dev.husk.snp.guest.EvidenceSource} is what the rest of Husk uses; {@link dev.husk.snp.guest.SevGuestDevice}
 * and {@link dev.husk.snp.guest.ConfigfsTsm} are the kernel's two interfaces. What this does not do: judge evidence.
 * What a source answers is untrusted until a verifier has seen it.
 */
@NullMarked
package dev.husk.snp.guest;

import org.jspecify.annotations.NullMarked;
