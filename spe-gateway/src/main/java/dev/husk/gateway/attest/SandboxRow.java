package dev.husk.gateway.attest;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A sandbox and what it was bound to. The evidence is kept, so that each contract's platform can judge it. */
@Entity
@Table(name = "sandbox")
public class SandboxRow {
    @Id
    @Column(name = "id")
    String id = "";

    @Column(name = "binding")
    String binding = "";

    /** Empty where bound by init-data, as entry, activation and signing key. */
    @Column(name = "code")
    String code = "";

    @Column(name = "entry")
    String entry = "";

    @Column(name = "activation")
    String activation = "";

    /** Empty where bound to an archive. */
    @Column(name = "pin")
    byte[] pin = {};

    @Column(name = "source")
    String source = "";

    @Column(name = "tee_key")
    String teeKey = "";

    @Column(name = "signing_key")
    String signingKey = "";

    /** On Azure the report in its wrapping. */
    @Column(name = "report")
    byte[] report = {};

    @Column(name = "certificates")
    byte[] certificates = {};

    /** On Azure quote, signature and PCRs; elsewhere empty. */
    @Column(name = "quote")
    byte[] quote = {};

    @Column(name = "report_data")
    byte[] reportData = {};

    @Column(name = "simulated")
    boolean simulated;

    @Column(name = "plain")
    boolean plain;

    /** Names of the contracts that named the binding when it was made, with a space between. */
    @Column(name = "bound_in")
    String boundIn = "";

    @Column(name = "contract")
    @Nullable
    String contract;

    @Column(name = "contract_id")
    @Nullable
    String contractId;

    @Column(name = "function")
    @Nullable
    String function;

    /** Index of the event that released what the lease is about; absent where there is no lease. */
    @Column(name = "lease_leaf")
    @Nullable
    Long leaseLeaf;

    /** When the lease ends, sealed by itself, for renewals are no events. */
    @Column(name = "sealed_lease")
    byte[] sealedLease = {};

    /** The same in the clear, for queries alone: nothing is decided by it. */
    @Column(name = "lease_until")
    @Nullable
    Instant leaseUntil;

    /** The digest of all but the lease's end, sealed: the database is not trusted to keep it. */
    @Column(name = "sealed")
    byte[] sealed = {};

    byte[] digest() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            for (var text : new @Nullable String[] {
                id,
                binding,
                code,
                entry,
                activation,
                source,
                teeKey,
                signingKey,
                boundIn,
                contract,
                contractId,
                function,
                leaseLeaf == null ? null : leaseLeaf + ""
            }) {
                out.writeBoolean(text != null);
                if (text != null) {
                    write(out, text.getBytes(StandardCharsets.UTF_8));
                }
            }
            for (var value : new byte[][] {pin, report, certificates, quote, reportData}) {
                write(out, value);
            }
            out.writeBoolean(simulated);
            out.writeBoolean(plain);
            return MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
