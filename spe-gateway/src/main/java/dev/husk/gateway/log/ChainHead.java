package dev.husk.gateway.log;

import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Leaf;

/**
 * Where a chain stands.
 *
 * @param next number of its next event
 * @param last hash of its last leaf, base64url; empty before the first
 * @param tag of its leaves; empty before the first
 */
record ChainHead(long next, String last, String tag) {
    static final ChainHead NONE = new ChainHead(0, "", "");

    /** @throws IllegalStateException if the leaf is not the chain's next */
    ChainHead after(Leaf leaf) {
        if (leaf.seq() != next || !leaf.prev().equals(last) || !(tag.isEmpty() || tag.equals(leaf.tag()))) {
            throw new IllegalStateException("it does not continue its chain, which has " + next + " events");
        }
        return new ChainHead(next + 1, Base64Url.encode(leaf.hash()), leaf.tag());
    }
}
