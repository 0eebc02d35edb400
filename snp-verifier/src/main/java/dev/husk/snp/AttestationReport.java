package dev.husk.snp;

import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What an SEV-SNP attestation report says (AMD 56860, ATTESTATION_REPORT, versions 2 to 5).
 *
 * <p>Plain data: having one proves nothing. Trust comes from {@link SnpVerifier}, which starts from the bytes.
 *
 * @param guestSvn security version of the guest's image, unsigned, from its ID block
 * @param familyId 16 bytes from the ID block, which mean what its owner says
 * @param imageId 16 bytes from the ID block
 * @param vmpl privilege level of the software that asked for the report, 0 being the highest
 * @param authorKeyUsed whether the ID key is signed by an author key
 * @param chipKeyMasked whether the owner keeps the chip's key from signing; then the signature is zero
 * @param reportData 64 bytes chosen by the guest
 * @param measurement SHA-384 of the launched guest
 * @param hostData 32 bytes chosen by the host at launch
 * @param idKeyDigest SHA-384 of the key that signed the ID block, zero without one
 * @param authorKeyDigest SHA-384 of the author key, zero without one
 * @param reportId 32 bytes that name the guest for its whole life
 * @param migrationAgentId 32 bytes that name the migration agent, all ones without one
 * @param chipId 64 bytes, of which Turin uses 8; all zero where the owner masked it
 * @param cpuid empty in version 2
 * @param product by CPUID, or in version 2 what the caller took from the certificate
 * @param launchMitigations vector of mitigations at launch, 0 before version 5
 * @param currentMitigations vector of mitigations now, 0 before version 5
 */
public record AttestationReport(
        int version,
        int guestSvn,
        GuestPolicy policy,
        Bytes familyId,
        Bytes imageId,
        int vmpl,
        PlatformInfo platformInfo,
        boolean authorKeyUsed,
        boolean chipKeyMasked,
        SigningKey signingKey,
        Bytes reportData,
        Bytes measurement,
        Bytes hostData,
        Bytes idKeyDigest,
        Bytes authorKeyDigest,
        Bytes reportId,
        Bytes migrationAgentId,
        Bytes chipId,
        Optional<Cpuid> cpuid,
        Product product,
        TcbVersion currentTcb,
        TcbVersion reportedTcb,
        TcbVersion committedTcb,
        TcbVersion launchTcb,
        FirmwareVersion currentFirmware,
        FirmwareVersion committedFirmware,
        long launchMitigations,
        long currentMitigations) {

    /** Which key signed. */
    public enum SigningKey {
        VCEK,
        VLEK
    }

    /** Size of a report, in bytes. */
    public static final int SIZE = 0x4A0;

    static final int SIGNED = 0x2A0;

    private static final int VERSION = 0x000;
    private static final int GUEST_SVN = 0x004;
    private static final int POLICY = 0x008;
    private static final int FAMILY_ID = 0x010;
    private static final int IMAGE_ID = 0x020;
    private static final int VMPL = 0x030;
    private static final int SIGNATURE_ALGORITHM = 0x034;
    private static final int CURRENT_TCB = 0x038;
    private static final int PLATFORM_INFO = 0x040;
    private static final int KEY_INFO = 0x048;
    private static final int REPORT_DATA = 0x050;
    private static final int MEASUREMENT = 0x090;
    private static final int HOST_DATA = 0x0C0;
    private static final int ID_KEY_DIGEST = 0x0E0;
    private static final int AUTHOR_KEY_DIGEST = 0x110;
    private static final int REPORT_ID = 0x140;
    private static final int MIGRATION_AGENT_ID = 0x160;
    private static final int REPORTED_TCB = 0x180;
    private static final int CPUID = 0x188;
    private static final int CHIP_ID = 0x1A0;
    private static final int COMMITTED_TCB = 0x1E0;
    private static final int CURRENT_FIRMWARE = 0x1E8;
    private static final int COMMITTED_FIRMWARE = 0x1EC;
    private static final int LAUNCH_TCB = 0x1F0;
    private static final int LAUNCH_MITIGATIONS = 0x1F8;
    private static final int CURRENT_MITIGATIONS = 0x200;
    private static final int AFTER_MITIGATIONS = 0x208;

    /**
     * Decodes a report.
     *
     * @param certified the product that the endorsement certificate names: it decides the layout of version 2, which
     *     does not say its processor; from version 3 the report's CPUID decides
     * @throws MalformedReportException for a wrong size, an unknown version, algorithm or processor, or a reserved
     *     byte that is not zero
     */
    public static AttestationReport parse(Bytes encoded, Product certified) throws MalformedReportException {
        requireFormat(encoded);
        var in = encoded.asBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int version = in.getInt(VERSION);
        Optional<Cpuid> cpuid = version == 2
                ? Optional.empty()
                : Optional.of(new Cpuid(encoded.at(CPUID), encoded.at(CPUID + 1), encoded.at(CPUID + 2)));
        var product = cpuid.isPresent() ? product(cpuid.get()) : certified;
        int keyInfo = in.getInt(KEY_INFO);
        return new AttestationReport(
                version,
                in.getInt(GUEST_SVN),
                new GuestPolicy(in.getLong(POLICY)),
                encoded.slice(FAMILY_ID, 16),
                encoded.slice(IMAGE_ID, 16),
                in.getInt(VMPL),
                new PlatformInfo(in.getLong(PLATFORM_INFO)),
                (keyInfo & 1) != 0,
                (keyInfo & 2) != 0,
                signingKey(keyInfo),
                encoded.slice(REPORT_DATA, 64),
                encoded.slice(MEASUREMENT, 48),
                encoded.slice(HOST_DATA, 32),
                encoded.slice(ID_KEY_DIGEST, 48),
                encoded.slice(AUTHOR_KEY_DIGEST, 48),
                encoded.slice(REPORT_ID, 32),
                encoded.slice(MIGRATION_AGENT_ID, 32),
                encoded.slice(CHIP_ID, 64),
                cpuid,
                product,
                TcbVersion.parse(encoded, CURRENT_TCB, product),
                TcbVersion.parse(encoded, REPORTED_TCB, product),
                TcbVersion.parse(encoded, COMMITTED_TCB, product),
                TcbVersion.parse(encoded, LAUNCH_TCB, product),
                FirmwareVersion.parse(encoded, CURRENT_FIRMWARE),
                FirmwareVersion.parse(encoded, COMMITTED_FIRMWARE),
                in.getLong(LAUNCH_MITIGATIONS),
                in.getLong(CURRENT_MITIGATIONS));
    }

    /**
     * Checks all but the TCB versions of version 2, whose layout only the certificate tells; from the first byte to the
     * last, so that the offset is that of the first that is wrong.
     *
     * @throws MalformedReportException as {@link #parse}
     */
    static void requireFormat(Bytes encoded) throws MalformedReportException {
        if (encoded.length() != SIZE) {
            throw new MalformedReportException(
                    Math.min(encoded.length(), SIZE), "expected %d bytes, got %d".formatted(SIZE, encoded.length()));
        }
        var in = encoded.asBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int version = in.getInt(VERSION);
        if (version < 2 || version > 5) {
            throw new MalformedReportException(VERSION, "unknown version " + Integer.toUnsignedString(version));
        }
        requireNone(new GuestPolicy(in.getLong(POLICY)).malformed(), POLICY, "guest policy");
        int vmpl = in.getInt(VMPL);
        if (vmpl < 0 || vmpl > 3) {
            // The host may ask for a report as well, and then this is 0xFFFFFFFF: no guest speaks through it.
            throw new MalformedReportException(VMPL, "no guest's privilege level");
        }
        if (in.getInt(SIGNATURE_ALGORITHM) != 1) {
            throw new MalformedReportException(SIGNATURE_ALGORITHM, "not ECDSA P-384 with SHA-384");
        }
        var cpuid = new Cpuid(encoded.at(CPUID), encoded.at(CPUID + 1), encoded.at(CPUID + 2));
        var product = version == 2 ? Optional.<Product>empty() : Product.ofCpuid(cpuid.family(), cpuid.model());
        requireTcb(encoded, CURRENT_TCB, product);
        requireNone(new PlatformInfo(in.getLong(PLATFORM_INFO)).malformed(), PLATFORM_INFO, "platform info");
        signingKey(in.getInt(KEY_INFO));
        TcbVersion.requireZero(encoded, KEY_INFO + 4, REPORT_DATA);
        requireTcb(encoded, REPORTED_TCB, product);
        if (version > 2) {
            product(cpuid);
        }
        TcbVersion.requireZero(encoded, version == 2 ? CPUID : CPUID + 3, CHIP_ID);
        requireTcb(encoded, COMMITTED_TCB, product);
        FirmwareVersion.parse(encoded, CURRENT_FIRMWARE);
        FirmwareVersion.parse(encoded, COMMITTED_FIRMWARE);
        requireTcb(encoded, LAUNCH_TCB, product);
        TcbVersion.requireZero(encoded, version < 5 ? LAUNCH_MITIGATIONS : AFTER_MITIGATIONS, SIGNED);
        // r and s: 48 of 72 bytes each, then nothing.
        TcbVersion.requireZero(encoded, SIGNED + 48, SIGNED + 72);
        TcbVersion.requireZero(encoded, SIGNED + 72 + 48, SIZE);
    }

    /** Version 2 does not say which layout its TCB versions have. */
    private static void requireTcb(Bytes encoded, int offset, Optional<Product> product)
            throws MalformedReportException {
        if (product.isPresent()) {
            TcbVersion.parse(encoded, offset, product.get());
        }
    }

    /** @param malformed the bits that are not as they must be */
    private static void requireNone(long malformed, int offset, String what) throws MalformedReportException {
        if (malformed != 0) {
            throw new MalformedReportException(
                    offset + Long.numberOfTrailingZeros(malformed) / 8, "unknown " + what + " bits");
        }
    }

    private static Product product(Cpuid cpuid) throws MalformedReportException {
        var known = Product.ofCpuid(cpuid.family(), cpuid.model());
        if (known.isEmpty()) {
            throw new MalformedReportException(CPUID, "unknown processor, " + cpuid);
        }
        return known.get();
    }

    private static SigningKey signingKey(int keyInfo) throws MalformedReportException {
        requireNone(keyInfo & 0xffff_ffe0L, KEY_INFO, "key info");
        return switch (keyInfo >>> 2) {
            case 0 -> SigningKey.VCEK;
            case 1 -> SigningKey.VLEK;
            default -> throw new MalformedReportException(KEY_INFO, "not signed by VCEK or VLEK");
        };
    }
}
