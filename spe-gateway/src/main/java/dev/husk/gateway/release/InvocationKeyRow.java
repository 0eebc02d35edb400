package dev.husk.gateway.release;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;

/** The key that callers of one function seal their requests to. */
@Entity
@Table(name = "invocation_key")
public class InvocationKeyRow {
    /** Which function of which contract. */
    @Embeddable
    public record Id(
            @Column(name = "contract") String contract,
            @Column(name = "function") String function) implements Serializable {}

    @EmbeddedId
    Id id = new Id("", "");

    /** Index of the event that names the key. */
    @Column(name = "leaf")
    long leaf;

    /** The secret half. */
    @Column(name = "sealed")
    byte[] sealed = {};
}
