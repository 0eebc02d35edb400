package dev.husk.gateway.keys;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** The key of a dataset or a result, and what its sealed object must be. */
@Entity
@Table(name = "data_key")
public class DataKeyRow {
    /** Which object, by the names of the contract. */
    @Embeddable
    public record Id(
            @Column(name = "contract") String contract,
            @Column(name = "object") String object) implements Serializable {}

    @EmbeddedId
    Id id = new Id("", "");

    @Column(name = "sealed")
    byte[] sealed = {};

    @Column(name = "sha256")
    @Nullable
    String sha256;

    @Column(name = "size")
    @Nullable
    Long size;
}
