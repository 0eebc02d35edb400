package dev.husk.gateway.release;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;

/** Runs of one function on one day. */
@Entity
@Table(name = "run_count")
public class RunCountRow {
    /** Which function of which contract, and the day in UTC. */
    @Embeddable
    public record Id(
            @Column(name = "contract") String contract,
            @Column(name = "function") String function,
            @Column(name = "day") String day)
            implements Serializable {}

    @EmbeddedId
    Id id = new Id("", "", "");

    @Column(name = "runs")
    long runs;
}
