package dev.husk.gateway.contract;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** One version of a contract. */
@Entity
@Table(name = "contract")
public class ContractRow {
    @Id
    @Column(name = "id")
    String id = "";

    @Column(name = "name")
    String name = "";

    @Column(name = "version")
    long version;

    @Column(name = "canonical")
    byte[] canonical = {};

    @Column(name = "state")
    @Enumerated(EnumType.STRING)
    State state = State.PROPOSED;
}
