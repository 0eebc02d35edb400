package dev.husk.gateway.log;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** An entry of the log, with its opening sealed beside it. */
@Entity
@Table(name = "leaf")
public class LeafRow {
    @Id
    @Column(name = "idx")
    long index;

    @Column(name = "chain")
    String chain = "";

    @Column(name = "seq")
    long seq;

    @Column(name = "bytes")
    byte[] bytes = {};

    @Column(name = "sealed")
    byte[] sealed = {};
}
