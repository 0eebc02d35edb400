/**
 * Collateral: the certificates and revocation lists that a verifier needs beside a report, from AMD's Key Distribution
 * Service (AMD 57230, chapter 4), a cache on disk, or a directory that was carried to a machine without network.
 *
 * <p>{@link dev.husk.snp.kds.KeyDistributionService} is the door. It asks AMD's server as seldom as it can: the server
 * is slow, and soon answers 429. What was fetched once is kept, one request per item is under way at a time over all
 * processes that share a cache directory, and nobody calls before the moment that the server named.
 *
 * <p>{@link dev.husk.snp.kds.CollateralDirectory} is the layout of the directory for machines without network:
 *
 * <pre>
 * vcek/{hwid}/bl04_tee00_snp24_ucode219_vcek.der         a VCEK, DER; two digits at least, hwid in lower-case hex
 * vcek/{hwid}/bl01_tee01_snp04_ucode81_fmc01_vcek.der    the same on Turin, where hwid has 8 bytes and not 64
 * vcek/{hwid}/vcek.der                                   read where there is no file for the TCB; never written
 * vlek/{Product}/bl04_tee00_snp24_ucode219_vlek.der      a cloud's VLEK, DER
 * {Product}/cert_chain.pem                               the ASK, then the ARK, PEM
 * {Product}/vlek_cert_chain.pem                          the ASVK, then the ARK, PEM
 * {Product}.crl                                          the revocation list, DER
 * </pre>
 *
 * <p>{@code Product} is {@code Milan}, {@code Genoa} or {@code Turin}. The {@code vcek} folder is that of the
 * {@code OfflineStore} of Confidential Containers' trustee, and the directory as a whole can be a gateway's
 * {@code HUSK_CRL_DIR}.
 *
 * <p>What this does not do: judge. Everything here is untrusted until {@link dev.husk.snp.SnpVerifier} has judged it
 * against pinned roots; that what was fetched is what was asked for is checked only so that a broken proxy or a damaged
 * disk is noticed where it happens. Nor does it fetch a VLEK from AMD, who gives one to the cloud that it was issued to
 * and to nobody else; the cloud sends it along with the evidence.
 */
@NullMarked
package dev.husk.snp.kds;

import org.jspecify.annotations.NullMarked;
