package dev.husk.gateway.recovery;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A share as its holder gets it, sealed to the holder's key. */
@Entity
@Table(name = "recovery_share")
public class ShareRow {
    @Id
    @Column(name = "holder")
    String holder = "";

    @Column(name = "set_id")
    String set = "";

    @Column(name = "threshold")
    int threshold;

    @Column(name = "number")
    int number;

    @Column(name = "enc")
    byte[] enc = {};

    @Column(name = "ciphertext")
    byte[] ciphertext = {};

    /** Whether the holder has been given it. */
    @Column(name = "fetched")
    boolean fetched;

    /** Of the share in the clear. */
    @Column(name = "digest")
    byte[] digest = {};
}
