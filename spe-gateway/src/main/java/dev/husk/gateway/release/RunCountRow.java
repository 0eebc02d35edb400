package dev.husk.gateway.release;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs of one function on one day. */
@Entity
@Table(name = "run_count")
public class RunCountRow {
    /** Which function of which contract, and the day in UTC. */
    @Embeddable
    public static class Id implements Serializable {
        private static final long serialVersionUID = 1L;

        @Column(name = "contract")
        String contract = "";

        @Column(name = "function")
        String function = "";

        @Column(name = "day")
        String day = "";

        protected Id() {}

        Id(String contract, String function, String day) {
            this.contract = contract;
            this.function = function;
            this.day = day;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Id that
                    && contract.equals(that.contract)
                    && function.equals(that.function)
                    && day.equals(that.day);
        }

        @Override
        public int hashCode() {
            return Objects.hash(contract, function, day);
        }
    }

    @EmbeddedId
    Id id = new Id();

    @Column(name = "runs")
    long runs;
}
