package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** {@link TcbVersion#covers} is a partial order, component by component. */
class TcbVersionPropertyTest {

    /** Small numbers besides any, so that equal and comparable ones come up. */
    @Provide
    Arbitrary<TcbVersion> versions() {
        var component = Arbitraries.oneOf(
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 255))
                .withoutEdgeCases();
        return Combinators.combine(component, component, component, component, component)
                .as(TcbVersion::new);
    }

    @Property
    void everyVersionCoversItself(@ForAll("versions") TcbVersion a) {
        assertThat(a.covers(a)).isTrue();
    }

    @Property
    void twoThatCoverEachOtherAreEqual(@ForAll("versions") TcbVersion a, @ForAll("versions") TcbVersion b) {
        assertThat(a.covers(b) && b.covers(a)).isEqualTo(a.equals(b));
    }

    @Property
    void whatCoversACoveringVersionCoversTheCovered(
            @ForAll("versions") TcbVersion a, @ForAll("versions") TcbVersion b, @ForAll("versions") TcbVersion c) {
        var ab = meet(a, b);
        var abc = meet(ab, c);
        assertThat(a.covers(ab)).isTrue();
        assertThat(ab.covers(abc)).isTrue();
        assertThat(a.covers(abc)).isTrue();
        if (a.covers(b) && b.covers(c)) {
            assertThat(a.covers(c)).isTrue();
        }
    }

    @Property
    void oneCoversAnotherWhereNoComponentIsLess(@ForAll("versions") TcbVersion a, @ForAll("versions") TcbVersion b) {
        boolean covers = true;
        for (int i = 0; i < 5; i++) {
            covers &= parts(a)[i] >= parts(b)[i];
        }
        assertThat(a.covers(b)).isEqualTo(covers);
    }

    @Property
    void aNewerComponentLosesNothing(
            @ForAll("versions") TcbVersion a,
            @ForAll("versions") TcbVersion b,
            @ForAll @IntRange(max = 4) int which,
            @ForAll @IntRange(max = 255) int by) {
        var parts = parts(a);
        parts[which] = Math.min(255, parts[which] + by);
        var newer = of(parts);
        assertThat(newer.covers(a)).isTrue();
        if (a.covers(b)) {
            assertThat(newer.covers(b)).isTrue();
        }
        if (b.covers(newer)) {
            assertThat(b.covers(a)).isTrue();
        }
    }

    /** So it is no total order. */
    @Property
    void ofTwoThatDifferBothWaysNeitherCoversTheOther(
            @ForAll("versions") TcbVersion a,
            @ForAll @IntRange(max = 4) int up,
            @ForAll @IntRange(min = 1, max = 4) int further) {
        var parts = parts(a);
        int down = (up + further) % 5;
        parts[up] = Math.min(254, parts[up]);
        parts[down] = Math.max(1, parts[down]);
        var other = parts.clone();
        other[up]++;
        other[down]--;
        assertThat(of(parts).covers(of(other))).isFalse();
        assertThat(of(other).covers(of(parts))).isFalse();
    }

    @Example
    void theOldestIsCoveredByAllAndTheNewestCoversAll() {
        var oldest = new TcbVersion(0, 0, 0, 0, 0);
        var newest = new TcbVersion(255, 255, 255, 255, 255);
        assertThat(newest.covers(oldest)).isTrue();
        assertThat(oldest.covers(newest)).isFalse();
    }

    private static TcbVersion meet(TcbVersion a, TcbVersion b) {
        var parts = new int[5];
        for (int i = 0; i < 5; i++) {
            parts[i] = Math.min(parts(a)[i], parts(b)[i]);
        }
        return of(parts);
    }

    private static int[] parts(TcbVersion tcb) {
        return new int[] {tcb.fmc(), tcb.bootloader(), tcb.tee(), tcb.snp(), tcb.microcode()};
    }

    private static TcbVersion of(int[] parts) {
        return new TcbVersion(parts[0], parts[1], parts[2], parts[3], parts[4]);
    }
}
