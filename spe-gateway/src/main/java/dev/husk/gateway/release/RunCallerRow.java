package dev.husk.gateway.release;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;

/** The party whose request a run answers. */
@Entity
@Table(name = "run_caller")
public class RunCallerRow {
    /** The sandbox, and OpenWhisk's name of the run. */
    @Embeddable
    public record Id(
            @Column(name = "sandbox") String sandbox,
            @Column(name = "activation") String activation) implements Serializable {}

    @EmbeddedId
    Id id = new Id("", "");

    /** Who called. */
    @Column(name = "sealed")
    byte[] sealed = {};
}
