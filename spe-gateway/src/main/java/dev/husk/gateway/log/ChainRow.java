package dev.husk.gateway.log;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** Where a contract's chain of events stands. */
@Entity
@Table(name = "chain")
public class ChainRow {
    @Id
    @Column(name = "name")
    String name = "";

    /** The log key, with which parties compute the tag. */
    @Column(name = "sealed")
    byte[] sealed = {};

    @Column(name = "next_seq")
    long nextSeq;

    @Column(name = "last_hash")
    byte[] lastHash = {};
}
