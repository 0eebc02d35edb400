package dev.husk.snp.guest;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a derived key depends on (AMD 56860, MSG_KEY_REQ). Who can present the same values gets the same key.
 *
 * @param fields what of the guest is mixed in. Without {@link Field#MEASUREMENT} other software gets the key, on this
 *     chip, whenever the remaining fields agree, and all of these but the measurement are the host's to choose unless
 *     a signed ID block fixes them
 * @param vmpl 0 to 3, not below the level that the guest runs at
 * @param guestSvn version of the guest that the key is for, 32 bits unsigned, not above its own; 0 without
 *     {@link Field#GUEST_SVN}
 * @param tcbVersion firmware that the key is for, 8 bytes in the chip's layout as a report has them, no component above
 *     the committed one; 0 without {@link Field#TCB_VERSION}
 */
public record DerivedKeyRequest(RootKey rootKey, Set<Field> fields, int vmpl, int guestSvn, long tcbVersion) {

    /** What the key is derived from. */
    public enum RootKey {
        /** The chip's own key (the VLEK, where the host loaded one): the derived key is lost with the chip. */
        VCEK(0),
        /** The key that a migration agent set: the derived key moves with the guest, and the agent can derive it too. */
        VMRK(1);

        final int select;

        RootKey(int select) {
            this.select = select;
        }
    }

    /** What can be mixed in, by its bit in {@code guest_field_select}. */
    public enum Field {
        GUEST_POLICY(0),
        IMAGE_ID(1),
        FAMILY_ID(2),
        /** The launch measurement: an update of anything measured loses the key. */
        MEASUREMENT(3),
        GUEST_SVN(4),
        TCB_VERSION(5);

        private final int bit;

        Field(int bit) {
            this.bit = bit;
        }
    }

    /**
     * @throws IllegalArgumentException for an empty set, which would give every guest on this chip the same key, for a
     *     level that is none, and for a version that is not mixed in
     */
    public DerivedKeyRequest {
        if (fields.isEmpty()) {
            throw new IllegalArgumentException("a key that depends on nothing of the guest is every guest's key");
        }
        fields = Collections.unmodifiableSet(EnumSet.copyOf(fields));
        SevGuestDevice.requireVmpl(vmpl);
        if (guestSvn != 0 && !fields.contains(Field.GUEST_SVN)) {
            throw new IllegalArgumentException("a guest SVN is given, and the key does not depend on it");
        }
        if (tcbVersion != 0 && !fields.contains(Field.TCB_VERSION)) {
            throw new IllegalArgumentException("a TCB version is given, and the key does not depend on it");
        }
    }

    long fieldSelect() {
        return fields.stream().mapToLong(field -> 1L << field.bit).sum();
    }
}
