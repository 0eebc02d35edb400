package dev.husk.gateway.release;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A nonce that a signed request used: the same request is never answered twice. */
@Entity
@Table(name = "nonce")
public class NonceRow {
    @Id
    @Column(name = "value")
    String value = "";
}
