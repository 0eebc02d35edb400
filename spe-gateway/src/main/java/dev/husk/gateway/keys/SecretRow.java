package dev.husk.gateway.keys;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A key of the gateway's own. */
@Entity
@Table(name = "secret")
public class SecretRow {
    @Id
    @Column(name = "name")
    String name = "";

    @Column(name = "sealed")
    byte[] sealed = {};
}
