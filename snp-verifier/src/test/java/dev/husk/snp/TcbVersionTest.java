package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        assertThatThrownBy(() -> new TcbVersion(0, 256, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TcbVersion(0, -1, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
