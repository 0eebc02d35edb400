package dev.husk.gateway.keys;

import dev.husk.snp.guest.DerivedKeyRequest;
import dev.husk.snp.guest.DerivedKeyRequest.Field;
import dev.husk.snp.guest.DerivedKeyRequest.RootKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A state key in a file, sealed under a key that the processor derives for this very software on this very chip
 * ({@code docs/decisions/0011-the-state-key.md}). Mixed in are the guest policy, the launch measurement, and the firmware
 * version that was committed when the file was written; the file is written anew once a later one is committed.
 *
 * <p>What it does not do: survive the chip, or an update of anything that is measured (hand the key to a new replica, or
 * recover it from shares); tell an old file of its own from the newest (both hold the same state key); protect from
 * whoever extracted the chip's keys at the version that a file which still exists was sealed for.
 */
public final class SnpStateKey implements StateKeySource {
    private static final Set<Field> FIELDS = Set.of(Field.GUEST_POLICY, Field.MEASUREMENT, Field.TCB_VERSION);
    private static final byte[] MAGIC = "HUSKstk\1".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] PURPOSE = "husk state key file v1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = MAGIC.length + Long.BYTES;
    private static final int IV = 12;
    private static final int TAG = 16;
    private static final int LENGTH = HEADER + IV + StateKey.SIZE + TAG;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path file;
    private final Firmware firmware;

    public SnpStateKey(Path file) {
        this(file, Firmware.ofThisGuest());
    }

    SnpStateKey(Path file, Firmware firmware) {
        this.file = file;
        this.firmware = firmware;
    }

    @Override
    public Optional<byte[]> obtain() throws IOException, UnusableStateKeyException {
        var stored = OwnerFile.read(file);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        byte[] all = stored.get();
        if (all.length != LENGTH || !Arrays.equals(all, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new UnusableStateKeyException(file + " is no sealed state key");
        }
        long tcb = ByteBuffer.wrap(all).getLong(MAGIC.length);
        byte[] key = open(all, tcb);
        if (firmware.committedTcb() != tcb) {
            keep(key);
        }
        return Optional.of(key);
    }

    private byte[] open(byte[] all, long tcb) throws IOException, UnusableStateKeyException {
        try {
            byte[] iv = Arrays.copyOfRange(all, HEADER, HEADER + IV);
            return cipher(Cipher.DECRYPT_MODE, tcb, iv, all).doFinal(all, HEADER + IV, all.length - HEADER - IV);
        } catch (GeneralSecurityException e) {
            throw new UnusableStateKeyException(
                    file + " does not open: it was sealed by other software, on another chip, or was changed");
        }
    }

    @Override
    public boolean keeps() {
        return true;
    }

    @Override
    public void keep(byte[] stateKey) throws IOException {
        long tcb = firmware.committedTcb();
        byte[] iv = new byte[IV];
        RANDOM.nextBytes(iv);
        byte[] header = ByteBuffer.allocate(HEADER).put(MAGIC).putLong(tcb).array();
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, tcb, iv, header).doFinal(stateKey);
            OwnerFile.write(
                    file,
                    ByteBuffer.allocate(LENGTH).put(header).put(iv).put(sealed).array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    private Cipher cipher(int mode, long tcb, byte[] iv, byte[] header) throws IOException, GeneralSecurityException {
        byte[] derived = firmware.derive(new DerivedKeyRequest(RootKey.VCEK, FIELDS, 0, 0, tcb));
        byte[] key = {};
        try {
            // The firmware's key is the input of a derivation with a purpose of its own (RFC 5869, one block).
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(derived, "HmacSHA256"));
            mac.update(PURPOSE);
            key = mac.doFinal(new byte[] {1});
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG, iv));
            cipher.updateAAD(header, 0, HEADER);
            return cipher;
        } finally {
            Arrays.fill(derived, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    @Override
    public Optional<StateKeySource> next() {
        return Optional.of(new SnpStateKey(OwnerFile.next(file), firmware));
    }

    @Override
    public void discard() throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public Optional<String> warning() {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "SnpStateKey[" + file + "]";
    }
}
