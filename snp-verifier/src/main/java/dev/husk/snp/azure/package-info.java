/**
 * Evidence of Azure's confidential VMs on SEV-SNP ({@code az-snp-vtpm}): the report in the wrapping of Azure's
 * paravisor (HCL), the variable data that the report binds, and a quote of the virtual TPM over its PCRs.
 *
 * <p>The chain of trust: the processor signs the report; REPORT_DATA is the hash of the variable data; that holds the
 * TPM's attestation key (AK), which signs the quote; and the quote holds the caller's nonce and the PCRs.
 * {@link dev.husk.snp.azure.AzureVerifier} is the door. What this does not do: fetch certificates, read event logs,
 * accept TDX, or say whether a paravisor is a good one: that is its measurement, which the caller lists.
 */
@NullMarked
package dev.husk.snp.azure;

import org.jspecify.annotations.NullMarked;
