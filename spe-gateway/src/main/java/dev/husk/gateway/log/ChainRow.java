package dev.husk.gateway.log;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A chain of events: a contract's, or the gateway's. Where it stands is read from the log ({@link ChainHeads}). */
@Entity
@Table(name = "chain")
public class ChainRow {
    @Id
    @Column(name = "name")
    String name = "";

    /** The log key, with which parties compute the tag. */
    @Column(name = "sealed")
    byte[] sealed = {};
}
