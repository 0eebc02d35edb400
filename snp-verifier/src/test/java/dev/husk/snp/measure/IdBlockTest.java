package dev.husk.snp.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.husk.snp.Bytes;
import dev.husk.snp.GuestPolicy;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** ID blocks of our own making: they come back as they were, and nothing about them can be changed unnoticed. */
class IdBlockTest {
    private static final Random RANDOM = new Random(20220321);
    private static final IdBlock BLOCK = block();
    private static final KeyPair ID_KEY = key("3031323334353637");
    private static final KeyPair AUTHOR_KEY = key("6061626364656667");

    private static IdBlock block() {
        return new IdBlock(random(48), random(16), random(16), RANDOM.nextLong(1L << 32), new GuestPolicy(0x30000));
    }

    private static Bytes random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Bytes.copyOf(bytes);
    }

    private static KeyPair key(String secret) {
        try {
            return Pem.pair(new BigInteger(secret.repeat(5), 16));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anyBlockComesBackFromItsBytes() throws Exception {
        for (int i = 0; i < 200; i++) {
            var block = block();
            assertThat(block.encode().length()).isEqualTo(IdBlock.SIZE);
            assertThat(IdBlock.parse(block.encode())).isEqualTo(block);
        }
    }

    @Test
    void everyByteOfABlockCounts() {
        for (int i = 0; i < IdBlock.SIZE; i++) {
            byte[] changed = BLOCK.encode().toArray();
            changed[i] ^= 0x40;
            try {
                var other = IdBlock.parse(Bytes.copyOf(changed));
                assertThat(other).as("byte 0x%02X", i).isNotEqualTo(BLOCK);
                assertThat(other.encode().toArray()).isEqualTo(changed);
            } catch (MalformedIdBlockException e) {
                assertThat(e.offset()).isIn(0x50, 0x58);
            }
        }
    }

    @Test
    void everyOtherSizeOfABlockIsMalformedWithItsOffset() {
        var encoded = BLOCK.encode().toArray();
        for (int size = 0; size <= IdBlock.SIZE + 1; size++) {
            if (size != IdBlock.SIZE) {
                var cut = Bytes.copyOf(Arrays.copyOf(encoded, size));
                var e = catchThrowableOfType(MalformedIdBlockException.class, () -> IdBlock.parse(cut));
                assertThat(e.offset()).isEqualTo(Math.min(size, IdBlock.SIZE));
            }
        }
    }

    @Test
    void unknownVersionsAndPoliciesThatNoFirmwareTakesAreMalformed() {
        assertThat(offset(0x50, 2)).isEqualTo(0x50);
        assertThat(offset(0x5A, 0)).isEqualTo(0x58);
        assertThat(offset(0x5F, 0x80)).isEqualTo(0x58);
        assertThat(offset(0x5B, 0x04)).isEqualTo(0x58);
    }

    private static int offset(int at, int value) {
        byte[] encoded = BLOCK.encode().toArray();
        encoded[at] = (byte) value;
        return catchThrowableOfType(MalformedIdBlockException.class, () -> IdBlock.parse(Bytes.copyOf(encoded)))
                .offset();
    }

    @Test
    void blocksThatCannotBeAreNotMade() {
        var policy = BLOCK.policy();
        assertThatThrownBy(() -> new IdBlock(random(47), random(16), random(16), 0, policy))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IdBlock(random(48), random(15), random(16), 0, policy))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IdBlock(random(48), random(16), random(17), 0, policy))
                .isInstanceOf(IllegalArgumentException.class);
        for (long svn : new long[] {-1, 1L << 32}) {
            assertThatThrownBy(() -> new IdBlock(random(48), random(16), random(16), svn, policy))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new IdBlock(random(48), random(16), random(16), 0, new GuestPolicy(0x10000)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new IdBlock(random(48), random(16), random(16), (1L << 32) - 1, policy).guestSvn())
                .isEqualTo((1L << 32) - 1);
    }

    @Test
    void signedBlocksComeBackFromTheirBytesAndVerify() throws Exception {
        for (var auth : new IdAuth[] {IdAuth.sign(BLOCK, ID_KEY), IdAuth.sign(BLOCK, ID_KEY, AUTHOR_KEY)}) {
            var again = IdAuth.parse(auth.encode());
            assertThat(again.encode()).isEqualTo(auth.encode());
            assertThat(again.idKey()).isEqualTo(auth.idKey()).hasSameHashCodeAs(auth.idKey());
            assertThat(again.authorKey()).isEqualTo(auth.authorKey());
            assertThat(again.signs(BLOCK)).isTrue();
            assertThat(again.signs(block())).isFalse();
        }
        assertThat(IdAuth.sign(BLOCK, ID_KEY).authorKey()).isEmpty();
        assertThat(IdAuth.sign(BLOCK, ID_KEY, AUTHOR_KEY).authorKey()).isPresent();
    }

    @Test
    void anyFlippedBitOfTheAuthenticationIsNoticed() throws Exception {
        for (var auth : new IdAuth[] {IdAuth.sign(BLOCK, ID_KEY), IdAuth.sign(BLOCK, ID_KEY, AUTHOR_KEY)}) {
            for (int i = 0; i < IdAuth.SIZE; i++) {
                byte[] changed = auth.encode().toArray();
                changed[i] ^= (byte) (1 << (i % 8));
                assertThat(signs(changed)).as("byte 0x%03X", i).isFalse();
            }
        }
    }

    private static boolean signs(byte[] auth) {
        try {
            return IdAuth.parse(Bytes.copyOf(auth)).signs(BLOCK);
        } catch (MalformedIdBlockException e) {
            assertThat(e.offset()).isBetween(0, IdAuth.SIZE);
            return false;
        }
    }

    @Test
    void allZeroSignaturesAndThoseOutOfRangeProveNothing() throws Exception {
        byte[] good = IdAuth.sign(BLOCK, ID_KEY, AUTHOR_KEY).encode().toArray();
        for (int signature : new int[] {0x040, 0x680}) {
            for (int half : new int[] {signature, signature + 72}) {
                for (byte value : new byte[] {0, (byte) 0xff}) {
                    byte[] changed = good.clone();
                    Arrays.fill(changed, half, half + 48, value);
                    assertThat(IdAuth.parse(Bytes.copyOf(changed)).signs(BLOCK)).isFalse();
                }
            }
            byte[] zero = good.clone();
            Arrays.fill(zero, signature, signature + IdKey.SIGNATURE_SIZE, (byte) 0);
            assertThat(IdAuth.parse(Bytes.copyOf(zero)).signs(BLOCK)).isFalse();
        }
    }

    @Test
    void everyOtherSizeOfTheAuthenticationIsMalformedWithItsOffset() throws Exception {
        byte[] encoded = IdAuth.sign(BLOCK, ID_KEY).encode().toArray();
        for (int size = 0; size <= IdAuth.SIZE + 1; size++) {
            if (size != IdAuth.SIZE) {
                var cut = Bytes.copyOf(Arrays.copyOf(encoded, size));
                var e = catchThrowableOfType(MalformedIdBlockException.class, () -> IdAuth.parse(cut));
                assertThat(e.offset()).isEqualTo(Math.min(size, IdAuth.SIZE));
            }
        }
    }

    @Test
    void anyBytesAreReadOrMalformed() {
        for (int i = 0; i < 500; i++) {
            byte[] junk = random(IdAuth.SIZE).toArray();
            if (i % 2 == 0) {
                // Far enough to reach the keys.
                Arrays.fill(junk, 0, 0x40, (byte) 0);
                Arrays.fill(junk, 0x70, 0x88, (byte) 0);
                Arrays.fill(junk, 0xB8, 0x244, (byte) 0);
                Arrays.fill(junk, 0x2D4, IdAuth.SIZE, (byte) 0);
                junk[0] = 1;
                junk[0x240] = 2;
            }
            assertThat(signs(junk)).isFalse();
        }
    }

    @Test
    void keysOfOtherCurvesAndHalvesThatAreNoPairSignNothing() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        for (var curve : new String[] {"secp256r1", "secp521r1"}) {
            generator.initialize(new ECGenParameterSpec(curve));
            var other = generator.generateKeyPair();
            assertThatThrownBy(() -> IdAuth.sign(BLOCK, other)).isInstanceOf(InvalidKeyException.class);
            assertThatThrownBy(() -> IdAuth.sign(BLOCK, ID_KEY, other)).isInstanceOf(InvalidKeyException.class);
        }
        var rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        assertThatThrownBy(() -> IdAuth.sign(BLOCK, rsa)).isInstanceOf(InvalidKeyException.class);
        var mixed = new KeyPair(ID_KEY.getPublic(), AUTHOR_KEY.getPrivate());
        assertThatThrownBy(() -> IdAuth.sign(BLOCK, mixed)).isInstanceOf(InvalidKeyException.class);
        assertThatThrownBy(() -> IdAuth.sign(BLOCK, ID_KEY, mixed)).isInstanceOf(InvalidKeyException.class);
    }
}
