package dev.husk.gateway.log;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** The one row that every append locks, which puts appends into one order on all replicas. */
@Entity
@Table(name = "log_head")
public class LogHeadRow {
    static final int ID = 1;

    @Id
    @Column(name = "id")
    int id;

    @Column(name = "size")
    long size;

    /** Names the state key that everything is sealed under. */
    @Column(name = "state_key")
    @Nullable
    String stateKey;
}
