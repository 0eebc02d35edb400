package dev.husk.gateway.keys;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The key of a dataset or a result, and what its sealed object must be. */
@Entity
@Table(name = "data_key")
public class DataKeyRow {
    /** Which object, by the names of the contract. */
    @Embeddable
    public static class Id implements Serializable {
        private static final long serialVersionUID = 1L;

        @Column(name = "contract")
        String contract = "";

        @Column(name = "object")
        String object = "";

        protected Id() {}

        Id(String contract, String object) {
            this.contract = contract;
            this.object = object;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Id that && contract.equals(that.contract) && object.equals(that.object);
        }

        @Override
        public int hashCode() {
            return Objects.hash(contract, object);
        }
    }

    @EmbeddedId
    Id id = new Id();

    @Column(name = "sealed")
    byte[] sealed = {};

    @Column(name = "sha256")
    @Nullable
    String sha256;

    @Column(name = "size")
    @Nullable
    Long size;
}
