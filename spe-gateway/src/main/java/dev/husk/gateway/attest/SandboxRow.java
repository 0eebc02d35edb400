package dev.husk.gateway.attest;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A sandbox and what it was bound to. The evidence is kept, so that each contract's platform can judge it. */
@Entity
@Table(name = "sandbox")
public class SandboxRow {
    @Id
    @Column(name = "id")
    String id = "";

    @Column(name = "code")
    String code = "";

    @Column(name = "entry")
    String entry = "";

    @Column(name = "activation")
    String activation = "";

    @Column(name = "source")
    String source = "";

    @Column(name = "tee_key")
    String teeKey = "";

    @Column(name = "signing_key")
    String signingKey = "";

    @Column(name = "report")
    byte[] report = {};

    @Column(name = "certificates")
    byte[] certificates = {};

    @Column(name = "report_data")
    byte[] reportData = {};

    @Column(name = "simulated")
    boolean simulated;

    @Column(name = "plain")
    boolean plain;

    @Column(name = "contract")
    @Nullable
    String contract;

    @Column(name = "function")
    @Nullable
    String function;

    @Column(name = "lease_until")
    @Nullable
    Instant leaseUntil;
}
