package dev.husk.gateway.log;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A signed checkpoint that was given out. */
@Entity
@Table(name = "checkpoint")
public class CheckpointRow {
    @Id
    @Column(name = "size")
    long size;

    @Column(name = "note")
    String note = "";
}
