package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ReadOnlyBufferException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The small values that everything else is made of. */
class ValuesTest {

    @Test
    void nobodyChangesBytesFromOutside() {
        var given = new byte[] {1, 2, 3};
        var bytes = Bytes.copyOf(given);
        given[0] = 9;
        bytes.toArray()[1] = 9;
        assertThat(bytes).hasToString("010203");
        assertThatThrownBy(() -> bytes.asBuffer().put((byte) 9)).isInstanceOf(ReadOnlyBufferException.class);
        assertThat(bytes.slice(1, 2)).hasToString("0203");
        assertThat(bytes.length()).isEqualTo(3);
        assertThat(Bytes.fromHex("ff00").at(0)).isEqualTo(255);
    }

    @Test
    void bytesHaveAHashOfTheirContent() {
        assertThat(Bytes.fromHex("0102")).hasSameHashCodeAs(Bytes.fromHex("0102"));
        assertThat(Bytes.fromHex("0102").hashCode())
                .isNotEqualTo(Bytes.fromHex("0103").hashCode());
        var bytes = Bytes.fromHex("0102");
        assertThat(bytes.hashCode()).isEqualTo(bytes.hashCode()).isNotZero();
        assertThat(bytes).isNotEqualTo("0102");
    }

    @Test
    void bytesAreZeroWhereAllAre() {
        assertThat(Bytes.fromHex("").isZero()).isTrue();
        assertThat(Bytes.fromHex("0000").isZero()).isTrue();
        assertThat(Bytes.fromHex("0001").isZero()).isFalse();
        assertThat(Bytes.fromHex("8000").isZero()).isFalse();
    }

    @Test
    void hexIsPairsOfDigits() {
        assertThatThrownBy(() -> Bytes.fromHex("0")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Bytes.fromHex("0g")).isInstanceOf(IllegalArgumentException.class);
        assertThat(Bytes.fromHex("AbCd")).hasToString("abcd");
    }

    @Test
    void whatIsAllowedIsListedOrNotListedOrAny() {
        var only = Allowed.only(Set.of(1, 2));
        assertThat(only.allows(1)).isTrue();
        assertThat(only.allows(3)).isFalse();
        assertThat(only.isAny()).isFalse();
        var except = Allowed.anyExcept(Set.of(1));
        assertThat(except.allows(1)).isFalse();
        assertThat(except.allows(3)).isTrue();
        assertThat(except.isAny()).isFalse();
        assertThat(except).hasToString("any except [1]");
        assertThat(Allowed.only(Set.of(7))).hasToString("[7]");
        assertThat(Allowed.any().allows(3)).isTrue();
        assertThat(Allowed.any().isAny()).isTrue();
        assertThat(Allowed.any()).hasToString("any");
        assertThat(Allowed.none().allows(3)).isFalse();
        assertThat(Allowed.none().isAny()).isFalse();
        assertThat(Allowed.none()).hasToString("[]");
    }

    @Test
    void anEmptyListIsNoWayToSayAnyOrNothing() {
        assertThatThrownBy(() -> Allowed.only(Set.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Allowed.anyExcept(Set.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void productsHaveAmdsNames() {
        for (var product : Product.values()) {
            assertThat(Product.of(product.label())).contains(product);
        }
        assertThat(Product.MILAN.label()).isEqualTo("Milan");
        assertThat(Product.of("milan")).isEmpty();
        assertThat(Product.of("MILAN")).isEmpty();
        assertThat(Product.of("")).isEmpty();
    }

    @Test
    void aRejectionHasAReason() {
        assertThatThrownBy(() -> new Verdict.Rejected(List.of())).isInstanceOf(IllegalArgumentException.class);
        var reason = new Reason(Reason.Code.CHIP_MASKED, "why");
        assertThat(reason).hasToString("CHIP_MASKED: why");
        Verdict verdict = new Verdict.Rejected(List.of(reason));
        assertThat(verdict.<Boolean>match(t -> true, r -> false)).isFalse();
        assertThat(verdict.<Integer>match(t -> 0, r -> r.reasons().size())).isEqualTo(1);
    }

    @Test
    void versionsReadLikeAmdWritesThem() {
        assertThat(new TcbVersion(0, 4, 0, 24, 219)).hasToString("4.0.24.219");
        assertThat(new TcbVersion(1, 4, 0, 24, 219)).hasToString("1.4.0.24.219");
        assertThat(new FirmwareVersion(1, 55, 29)).hasToString("1.55.29");
        assertThat(new Cpuid(0x19, 0x11, 2)).hasToString("family 0x19, model 0x11, stepping 2");
    }

    @Test
    void aRequiredBitIsSetClearOrAny() {
        assertThat(RequiredBit.SET.allows(true)).isTrue();
        assertThat(RequiredBit.SET.allows(false)).isFalse();
        assertThat(RequiredBit.CLEAR.allows(true)).isFalse();
        assertThat(RequiredBit.CLEAR.allows(false)).isTrue();
        assertThat(RequiredBit.ANY.allows(true)).isTrue();
        assertThat(RequiredBit.ANY.allows(false)).isTrue();
    }
}
