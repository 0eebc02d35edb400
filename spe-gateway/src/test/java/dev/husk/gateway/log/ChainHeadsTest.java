package dev.husk.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.Opening;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainHeadsTest {
    private final List<Ledger.Row> heart = Events.chain("heart", 4);
    private final ChainHeads heads = new ChainHeads();

    /** The entry with other words in its leaf, which still commits to the same event. */
    private static Ledger.Row saying(Ledger.Row row, String tag, long seq, String prev) throws Exception {
        var leaf = Leaf.parse(row.bytes());
        var changed = new Leaf(tag, seq, prev, leaf.commit());
        assertThat(row.opening().opens(changed)).isTrue();
        return new Ledger.Row(row.index(), row.chain(), changed.bytes(), row.opening());
    }

    @Test
    void chainsStandWhereTheirOwnLeavesSay() throws Exception {
        assertThat(heads.of("heart")).isEqualTo(ChainHead.NONE);
        var other = Events.chain("other", 2);
        for (var row : List.of(heart.get(0), other.get(0), heart.get(1), heart.get(2), other.get(1))) {
            heads.take(row);
        }
        var last = Leaf.parse(heart.get(2).bytes());
        assertThat(heads.of("heart")).isEqualTo(new ChainHead(3, Base64Url.encode(last.hash()), last.tag()));
        assertThat(heads.of("other").next()).isEqualTo(2);
        // What is appended next is what a reader of the log expects.
        assertThat(heads.of("heart").after(Leaf.parse(heart.get(3).bytes())).next())
                .isEqualTo(4);
    }

    @Test
    void aLeafThatDoesNotContinueItsChainIsFoundThoughItsEventOpens() throws Exception {
        heads.take(heart.get(0));
        heads.take(heart.get(1));
        var next = heart.get(2);
        var leaf = Leaf.parse(next.bytes());
        var first = Leaf.parse(heart.get(1).bytes());
        var wrong = List.of(
                saying(next, leaf.tag(), 1, first.prev()), // a second event of that number: a fork
                saying(next, leaf.tag(), 3, leaf.prev()), // one left out
                saying(next, leaf.tag(), 2, first.prev()),
                saying(next, leaf.tag(), 0, ""),
                saying(next, Opening.tag(new byte[32], "other"), 2, leaf.prev()));
        for (var row : wrong) {
            assertThatThrownBy(() -> heads.take(row))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("leaf 2 of the log was changed");
        }
        heads.take(next);
        assertThat(heads.of("heart").next()).isEqualTo(3);
    }

    @Test
    void bytesThatAreNoLeafAreFound() {
        assertThatThrownBy(() -> heads.take(
                        new Ledger.Row(0, "heart", new byte[10], heart.get(0).opening())))
                .hasMessageContaining("leaf 0 of the log was changed");
    }
}
