package dev.husk.snp;

/** Version of the SEV firmware, each number 0 to 255. */
public record FirmwareVersion(int major, int minor, int build) {

    static FirmwareVersion parse(Bytes report, int offset) throws MalformedReportException {
        TcbVersion.requireZero(report, offset + 3, offset + 4);
        return new FirmwareVersion(report.at(offset + 2), report.at(offset + 1), report.at(offset));
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + build;
    }
}
