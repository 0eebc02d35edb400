package dev.husk.snp;

/**
 * Versions of the security-relevant firmware, each 0 to 255 (AMD 56860, TCB_VERSION).
 *
 * <p>A partial order: one version covers another when no component is older.
 *
 * @param fmc 0 but on Turin
 */
public record TcbVersion(int fmc, int bootloader, int tee, int snp, int microcode) {
    public TcbVersion {
        if ((fmc | bootloader | tee | snp | microcode) >>> 8 != 0) {
            throw new IllegalArgumentException("a component of a TCB version is 0 to 255");
        }
    }

    /** Whether every component is at least that of {@code minimum}. */
    public boolean covers(TcbVersion minimum) {
        return fmc >= minimum.fmc
                && bootloader >= minimum.bootloader
                && tee >= minimum.tee
                && snp >= minimum.snp
                && microcode >= minimum.microcode;
    }

    /** Reads 8 bytes in the layout of {@code product}; a reserved byte that is not zero is malformed. */
    static TcbVersion parse(Bytes report, int offset, Product product) throws MalformedReportException {
        if (product == Product.TURIN) {
            requireZero(report, offset + 4, offset + 7);
            return new TcbVersion(
                    report.at(offset),
                    report.at(offset + 1),
                    report.at(offset + 2),
                    report.at(offset + 3),
                    report.at(offset + 7));
        }
        requireZero(report, offset + 2, offset + 6);
        return new TcbVersion(
                0, report.at(offset), report.at(offset + 1), report.at(offset + 6), report.at(offset + 7));
    }

    static void requireZero(Bytes report, int from, int to) throws MalformedReportException {
        for (int i = from; i < to; i++) {
            if (report.at(i) != 0) {
                throw new MalformedReportException(i, "reserved byte is 0x%02x, not zero".formatted(report.at(i)));
            }
        }
    }

    @Override
    public String toString() {
        return (fmc == 0 ? "" : fmc + ".") + bootloader + "." + tee + "." + snp + "." + microcode;
    }
}
