package dev.husk.benchmark.coldstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PlanTest {
    @Test
    void withoutArgumentsFifteenRoundsOfEveryCase() {
        var plan = Plan.parse();

        assertThat(plan.rounds()).isEqualTo(15);
        assertThat(plan.subjects()).containsExactly(Subject.values());
        assertThat(plan.image()).isEmpty();
    }

    @Test
    void whatIsNoArgumentIsSaid() {
        assertThatThrownBy(() -> Plan.parse("--fast")).hasMessage("unknown argument --fast");
        assertThatThrownBy(() -> Plan.parse("--rounds")).hasMessage("--rounds needs a value");
        assertThatThrownBy(() -> Plan.parse("--rounds", "0")).hasMessageContaining("number from 1");
        assertThatThrownBy(() -> Plan.parse("--cases", "a,z")).hasMessage("no case z");
    }
}
