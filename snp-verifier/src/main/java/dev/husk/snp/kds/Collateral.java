package dev.husk.snp.kds;

import dev.husk.snp.AttestationReport;
import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import dev.husk.snp.TcbVersion;
import dev.husk.snp.kds.CollateralException.Problem;
import java.util.List;
import java.util.Locale;

/**
 * A piece of collateral that can be asked for: its address at a Key Distribution Service (AMD 57230, chapter 4), its
 * file in a {@link CollateralDirectory}, and what it must say. Immutable, with value equality.
 */
public final class Collateral {

    /** What the server offers. */
    public enum Kind {
        /** The certificate of one chip at one TCB. */
        VCEK,
        /** The certificate that a cloud has for all its chips, for one year. */
        VLEK,
        /** ASK or ASVK, then ARK. */
        CHAIN,
        /** What the ARK of a product has revoked. */
        REVOCATION_LIST
    }

    private static final int LEAF = 16 << 10;
    private static final int CERTIFICATES = 64 << 10;
    private static final int LIST = 1 << 20;

    private final Kind kind;
    private final Product product;
    private final String description;
    private final String address;
    private final List<String> files;
    private final Check check;

    private Collateral(
            Kind kind, Product product, String description, String address, List<String> files, Check check) {
        this.kind = kind;
        this.product = product;
        this.description = description;
        this.address = address;
        this.files = files;
        this.check = check;
    }

    /**
     * The certificate of the key that a chip signs with at a TCB.
     *
     * @param chipId the 64 bytes of a report, or the 8 that Turin has
     * @param reported the TCB that reports call reported
     * @throws IllegalArgumentException for a chip id that is masked (all zero) or has a length that the product does
     *     not have, and for an FMC version where there is none; {@link #endorsing} is for reports that nobody has judged
     */
    public static Collateral vcek(Product product, Bytes chipId, TcbVersion reported) {
        var hardwareId = hardwareId(product, chipId);
        return new Collateral(
                Kind.VCEK,
                product,
                "the VCEK of %s chip %s at TCB %s".formatted(product.label(), hardwareId, reported),
                "vcek/v1/%s/%s?%s".formatted(product.label(), hardwareId, query(product, reported)),
                List.of(
                        "vcek/%s/%s_vcek.der".formatted(hardwareId, levels(product, reported)),
                        "vcek/%s/vcek.der".formatted(hardwareId)),
                Check.vcek(product, hardwareId, reported));
    }

    /**
     * The certificate of the key that a cloud's chips sign with at a TCB. AMD's server wants a secret of the cloud's and
     * refuses everybody else; a mirror or a directory may have it. It does not say for which cloud it is wanted.
     */
    public static Collateral vlek(Product product, TcbVersion reported) {
        return new Collateral(
                Kind.VLEK,
                product,
                "the VLEK of %s at TCB %s".formatted(product.label(), reported),
                "vlek/v1/%s/cert?%s".formatted(product.label(), query(product, reported)),
                List.of("vlek/%s/%s_vlek.der".formatted(product.label(), levels(product, reported))),
                Check.vlek(product, reported));
    }

    /** What stands between a VCEK or VLEK and AMD's root: the ASK or ASVK, then the ARK. */
    public static Collateral chain(Product product, SigningKey key) {
        boolean vlek = key == SigningKey.VLEK;
        return new Collateral(
                Kind.CHAIN,
                product,
                "the %s chain of %s".formatted(key, product.label()),
                "%s/v1/%s/cert_chain".formatted(vlek ? "vlek" : "vcek", product.label()),
                List.of("%s/%scert_chain.pem".formatted(product.label(), vlek ? "vlek_" : "")),
                Check.chain(product, key));
    }

    /** The revocation list of a product. */
    public static Collateral revocationList(Product product) {
        return new Collateral(
                Kind.REVOCATION_LIST,
                product,
                "the revocation list of " + product.label(),
                "vcek/v1/%s/crl".formatted(product.label()),
                List.of(product.label() + ".crl"),
                Check.revocationList(product));
    }

    /**
     * The certificate of the key that a report says it was signed with.
     *
     * @param report need not have been judged; it names what is asked for, and nothing more
     * @throws CollateralException if it names no chip, because its chip id is masked or impossible
     */
    public static Collateral endorsing(AttestationReport report) throws CollateralException {
        if (report.signingKey() == SigningKey.VLEK) {
            return vlek(report.product(), report.reportedTcb());
        }
        try {
            return vcek(report.product(), report.chipId(), report.reportedTcb());
        } catch (IllegalArgumentException e) {
            throw new CollateralException(Problem.ABSENT, "no VCEK can be asked for: " + e.getMessage());
        }
    }

    public Kind kind() {
        return kind;
    }

    public Product product() {
        return product;
    }

    /** The address relative to that of a server, without a slash at the front. */
    public String address() {
        return address;
    }

    /** The file relative to a {@link CollateralDirectory}. */
    public String file() {
        return files.get(0);
    }

    /** All files that a directory may hold it in, the best first. */
    List<String> files() {
        return files;
    }

    /** Whether a report decides what is asked for, and not only the product. */
    boolean namedByReport() {
        return kind == Kind.VCEK || kind == Kind.VLEK;
    }

    /** What is read of an answer or a file, in bytes; whatever is longer is something else. */
    int maximum() {
        return switch (kind) {
            case VCEK, VLEK -> LEAF;
            case CHAIN -> CERTIFICATES;
            case REVOCATION_LIST -> LIST;
        };
    }

    /** Reads bytes of any origin. */
    Contents read(Bytes raw) throws MismatchException {
        if (raw.length() > maximum()) {
            throw new MismatchException("something of more than " + maximum() + " bytes");
        }
        return check.read(raw);
    }

    private static Bytes hardwareId(Product product, Bytes chipId) {
        int length = product == Product.TURIN ? 8 : 64;
        if (chipId.isZero()) {
            throw new IllegalArgumentException("the chip id is masked");
        }
        if (chipId.length() != 64 && chipId.length() != length
                || !chipId.slice(length, chipId.length() - length).isZero()) {
            throw new IllegalArgumentException("a chip id of %s has %d bytes".formatted(product.label(), length));
        }
        return chipId.slice(0, length);
    }

    private static String query(Product product, TcbVersion tcb) {
        var turin = product == Product.TURIN ? String.format(Locale.ROOT, "fmcSPL=%02d&", tcb.fmc()) : "";
        return turin
                + String.format(
                        Locale.ROOT,
                        "blSPL=%02d&teeSPL=%02d&snpSPL=%02d&ucodeSPL=%02d",
                        tcb.bootloader(),
                        tcb.tee(),
                        tcb.snp(),
                        tcb.microcode());
    }

    private static String levels(Product product, TcbVersion tcb) {
        if (product != Product.TURIN && tcb.fmc() != 0) {
            throw new IllegalArgumentException(product.label() + " has no FMC version");
        }
        var turin = product == Product.TURIN ? String.format(Locale.ROOT, "_fmc%02d", tcb.fmc()) : "";
        return String.format(
                        Locale.ROOT,
                        "bl%02d_tee%02d_snp%02d_ucode%02d",
                        tcb.bootloader(),
                        tcb.tee(),
                        tcb.snp(),
                        tcb.microcode())
                + turin;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Collateral that && address.equals(that.address);
    }

    @Override
    public int hashCode() {
        return address.hashCode();
    }

    /** For messages: {@code the VCEK of Milan chip c2a6.. at TCB 4.0.24.219}. */
    @Override
    public String toString() {
        return description;
    }
}
