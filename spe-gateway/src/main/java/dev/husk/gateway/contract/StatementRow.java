package dev.husk.gateway.contract;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;

/** What a party signed about a contract. */
@Entity
@Table(name = "statement")
public class StatementRow {
    /** The contract's identity, and the statement's number in it. */
    @Embeddable
    public record Id(
            @Column(name = "contract") String contract,
            @Column(name = "number") int number) implements Serializable {}

    @EmbeddedId
    Id id = new Id("", 0);

    @Column(name = "party")
    String party = "";

    @Column(name = "action")
    String action = "";

    @Column(name = "jws")
    String jws = "";
}
