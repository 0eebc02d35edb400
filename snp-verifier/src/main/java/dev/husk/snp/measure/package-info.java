/**
 * Calculates the launch digest of a guest from the files that it is started from, so that a verifier knows which
 * measurement to ask for; and builds the ID blocks that make a processor refuse any other.
 *
 * <p>{@link dev.husk.snp.measure.SnpLaunch} is the door; {@link dev.husk.snp.measure.SvsmLaunch} is for guests under
 * COCONUT-SVSM, {@link dev.husk.snp.measure.SevLaunch} for SEV and SEV-ES, {@link dev.husk.snp.measure.IdBlock} and
 * {@link dev.husk.snp.measure.IdAuth} for ID blocks. Bytes in, digest out: nothing here reads a file or a network.
 * Sources: AMD 56860 (SNP firmware ABI), AMD APM volume 2 table B-4 (VMSA), edk2's OvmfSevMetadata, QEMU's
 * target/i386/sev.c; checked against the known answers of sev-snp-measure and virtee/sev.
 *
 * <p>What this does not do: IGVM files, TDX, libkrun's register state, or anything that the digest leaves out (memory
 * size, disks, HOST_DATA). It does not say that a measured file is good, only what its digest is.
 */
@NullMarked
package dev.husk.snp.measure;

import org.jspecify.annotations.NullMarked;
