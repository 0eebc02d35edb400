package dev.husk.gateway.contract;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a party signed about a contract. */
@Entity
@Table(name = "statement")
public class StatementRow {
    /** The contract's identity, and the statement's number in it. */
    @Embeddable
    public static class Id implements Serializable {
        private static final long serialVersionUID = 1L;

        @Column(name = "contract")
        String contract = "";

        @Column(name = "number")
        int number;

        protected Id() {}

        Id(String contract, int number) {
            this.contract = contract;
            this.number = number;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Id that && contract.equals(that.contract) && number == that.number;
        }

        @Override
        public int hashCode() {
            return Objects.hash(contract, number);
        }
    }

    @EmbeddedId
    Id id = new Id();

    @Column(name = "party")
    String party = "";

    @Column(name = "action")
    String action = "";

    @Column(name = "jws")
    String jws = "";
}
