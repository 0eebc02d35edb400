package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TcbVersionTest {
    private static final TcbVersion MIDDLE = new TcbVersion(1, 2, 3, 4, 5);

    @Test
    void oneOlderComponentIsTooOldHoweverNewTheOthers() {
        assertThat(MIDDLE.covers(MIDDLE)).isTrue();
        assertThat(new TcbVersion(9, 9, 9, 9, 9).covers(MIDDLE)).isTrue();
        assertThat(new TcbVersion(0, 9, 9, 9, 9).covers(MIDDLE)).isFalse();
        assertThat(new TcbVersion(9, 1, 9, 9, 9).covers(MIDDLE)).isFalse();
        assertThat(new TcbVersion(9, 9, 2, 9, 9).covers(MIDDLE)).isFalse();
        assertThat(new TcbVersion(9, 9, 9, 3, 9).covers(MIDDLE)).isFalse();
        assertThat(new TcbVersion(9, 9, 9, 9, 4).covers(MIDDLE)).isFalse();
    }

    @Test
    void aComponentIsAByte() {
        for (int wrong : new int[] {256, -1, Integer.MIN_VALUE}) {
            refused(() -> new TcbVersion(wrong, 0, 0, 0, 0));
            refused(() -> new TcbVersion(0, wrong, 0, 0, 0));
            refused(() -> new TcbVersion(0, 0, wrong, 0, 0));
            refused(() -> new TcbVersion(0, 0, 0, wrong, 0));
            refused(() -> new TcbVersion(0, 0, 0, 0, wrong));
        }
        assertThat(new TcbVersion(255, 255, 255, 255, 255).microcode()).isEqualTo(255);
    }

    private static void refused(ThrowingCallable made) {
        assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class);
    }
}
