package dev.husk.snp;

import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What an SEV-SNP attestation report says (AMD 56860, ATTESTATION_REPORT, versions 2 to 5).
 *
 * <p>Plain data: having one proves nothing. Trust comes from {@link SnpVerifier}, which starts from the bytes.
 *
 * @param vmpl privilege level of the software that asked for the report, 0 being the highest
 * @param reportData 64 bytes chosen by the guest
 * @param measurement SHA-384 of the launched guest
 * @param hostData 32 bytes chosen by the host at launch
 * @param reportId 32 bytes that name the guest for its whole life
 * @param chipId 64 bytes, all zero where the owner masked it
 * @param product by the report's CPUID (from version 3), or what the caller took from the certificate
 */
public record AttestationReport(
        int version,
        GuestPolicy policy,
        int vmpl,
        long platformInfo,
        boolean authorKeyUsed,
        SigningKey signingKey,
        Bytes reportData,
        Bytes measurement,
        Bytes hostData,
        Bytes idKeyDigest,
        Bytes authorKeyDigest,
        Bytes reportId,
        Bytes chipId,
        Product product,
        TcbVersion currentTcb,
        TcbVersion reportedTcb,
        TcbVersion committedTcb,
        TcbVersion launchTcb) {

    /** Which key signed. */
    public enum SigningKey {
        VCEK,
        VLEK
    }

    /** Size of a report, in bytes. */
    public static final int SIZE = 0x4A0;

    static final int SIGNED = 0x2A0;

    private static final int VERSION = 0x000;
    private static final int POLICY = 0x008;
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
    private static final int REPORTED_TCB = 0x180;
    private static final int CPUID = 0x188;
    private static final int CHIP_ID = 0x1A0;
    private static final int COMMITTED_TCB = 0x1E0;
    private static final int LAUNCH_TCB = 0x1F0;
    private static final int MITIGATIONS = 0x1F8;
    private static final int AFTER_MITIGATIONS = 0x208;

    /**
     * Decodes a report.
     *
     * @param certified the product that the endorsement certificate names; decides the layout of version 2, which
     *     does not say its processor, and must agree with the later ones
     * @throws MalformedReportException for a wrong size, an unknown version, algorithm or processor, or a reserved
     *     byte that is not zero
     */
    public static AttestationReport parse(Bytes encoded, Product certified) throws MalformedReportException {
        if (encoded.length() != SIZE) {
            throw new MalformedReportException(
                    Math.min(encoded.length(), SIZE), "expected %d bytes, got %d".formatted(SIZE, encoded.length()));
        }
        var in = encoded.asBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int version = in.getInt(VERSION);
        if (version < 2 || version > 5) {
            throw new MalformedReportException(VERSION, "unknown version " + Integer.toUnsignedString(version));
        }
        if (in.getInt(SIGNATURE_ALGORITHM) != 1) {
            throw new MalformedReportException(SIGNATURE_ALGORITHM, "not ECDSA P-384 with SHA-384");
        }
        var policy = new GuestPolicy(in.getLong(POLICY));
        if (!policy.wellFormed()) {
            throw new MalformedReportException(POLICY, "unknown guest policy bits");
        }
        int vmpl = in.getInt(VMPL);
        if (vmpl < 0 || vmpl > 3) {
            // The host may ask for a report as well, and then this is 0xFFFFFFFF: no guest speaks through it.
            throw new MalformedReportException(VMPL, "no guest's privilege level");
        }
        TcbVersion.requireZero(encoded, KEY_INFO + 4, REPORT_DATA);
        TcbVersion.requireZero(encoded, version == 2 ? CPUID : CPUID + 3, CHIP_ID);
        TcbVersion.requireZero(encoded, COMMITTED_TCB + 0x0B, COMMITTED_TCB + 0x0C);
        TcbVersion.requireZero(encoded, COMMITTED_TCB + 0x0F, LAUNCH_TCB);
        TcbVersion.requireZero(encoded, version < 5 ? MITIGATIONS : AFTER_MITIGATIONS, SIGNED);
        // r and s: 48 of 72 bytes each, then nothing.
        TcbVersion.requireZero(encoded, SIGNED + 48, SIGNED + 72);
        TcbVersion.requireZero(encoded, SIGNED + 72 + 48, SIZE);

        var product = product(encoded, version, certified);
        int keyInfo = in.getInt(KEY_INFO);
        return new AttestationReport(
                version,
                policy,
                vmpl,
                in.getLong(PLATFORM_INFO),
                (keyInfo & 1) != 0,
                signingKey(keyInfo),
                encoded.slice(REPORT_DATA, 64),
                encoded.slice(MEASUREMENT, 48),
                encoded.slice(HOST_DATA, 32),
                encoded.slice(ID_KEY_DIGEST, 48),
                encoded.slice(AUTHOR_KEY_DIGEST, 48),
                encoded.slice(REPORT_ID, 32),
                encoded.slice(CHIP_ID, 64),
                product,
                TcbVersion.parse(encoded, CURRENT_TCB, product),
                TcbVersion.parse(encoded, REPORTED_TCB, product),
                TcbVersion.parse(encoded, COMMITTED_TCB, product),
                TcbVersion.parse(encoded, LAUNCH_TCB, product));
    }

    private static Product product(Bytes encoded, int version, Product certified) throws MalformedReportException {
        if (version == 2) {
            return certified;
        }
        Optional<Product> named = Product.ofCpuid(encoded.at(CPUID), encoded.at(CPUID + 1));
        return named.orElseThrow(() -> new MalformedReportException(
                CPUID, "unknown processor %02x/%02x".formatted(encoded.at(CPUID), encoded.at(CPUID + 1))));
    }

    private static SigningKey signingKey(int keyInfo) throws MalformedReportException {
        if (keyInfo >>> 5 != 0) {
            throw new MalformedReportException(KEY_INFO, "unknown key info bits");
        }
        return switch (keyInfo >>> 2) {
            case 0 -> SigningKey.VCEK;
            case 1 -> SigningKey.VLEK;
            default -> throw new MalformedReportException(KEY_INFO, "not signed by VCEK or VLEK");
        };
    }
}
