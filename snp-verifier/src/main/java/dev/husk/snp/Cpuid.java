package dev.husk.snp;

/** The processor that made a report, by CPUID: family and model with their extended parts, each 0 to 255. */
public record Cpuid(int family, int model, int stepping) {
    @Override
    public String toString() {
        return "family 0x%02x, model 0x%02x, stepping %d".formatted(family, model, stepping);
    }
}
