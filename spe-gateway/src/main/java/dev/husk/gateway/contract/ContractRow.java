package dev.husk.gateway.contract;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The text of one version of a contract. Where it stands, the log says. */
@Entity
@Table(name = "contract")
public class ContractRow {
    @Id
    @Column(name = "id")
    String id = "";

    @Column(name = "canonical")
    byte[] canonical = {};
}
