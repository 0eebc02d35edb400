package dev.husk.gateway.release;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The key that callers of one function seal their requests to. */
@Entity
@Table(name = "invocation_key")
public class InvocationKeyRow {
    /** Which function of which contract. */
    @Embeddable
    public static class Id implements Serializable {
        private static final long serialVersionUID = 1L;

        @Column(name = "contract")
        String contract = "";

        @Column(name = "function")
        String function = "";

        protected Id() {}

        Id(String contract, String function) {
            this.contract = contract;
            this.function = function;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Id that && contract.equals(that.contract) && function.equals(that.function);
        }

        @Override
        public int hashCode() {
            return Objects.hash(contract, function);
        }
    }

    @EmbeddedId
    Id id = new Id();

    /** Index of the event that names the key. */
    @Column(name = "leaf")
    long leaf;

    /** The secret half. */
    @Column(name = "sealed")
    byte[] sealed = {};
}
