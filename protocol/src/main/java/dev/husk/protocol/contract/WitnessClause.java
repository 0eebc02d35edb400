package dev.husk.protocol.contract;

import dev.husk.protocol.contract.Contract.Witnesses;
import dev.husk.protocol.json.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the member {@code witnesses}. Its keys are verifier keys of C2SP {@code cosignature/v1}: what this takes, {@link
 * dev.husk.protocol.log} takes, and here names are visible ASCII besides.
 */
final class WitnessClause {
    private static final String MEMBER = "witnesses";
    private static final Pattern KEY =
            Pattern.compile("([\\x21-\\x2a\\x2c-\\x7e]{1,255})\\+([0-9a-f]{8})\\+([A-Za-z0-9+/]{44})");
    private static final byte COSIGNATURE_V1 = 4;
    private static final int ID = 4;

    private final Fields fields;

    private WitnessClause(Fields fields) {
        this.fields = fields;
    }

    static Witnesses read(Fields root) {
        if (root.isNone(MEMBER)) {
            return Witnesses.none();
        }
        var clause = new WitnessClause(root.object(MEMBER));
        var witnesses = clause.read();
        clause.fields.refuseUnread();
        return witnesses;
    }

    private Witnesses read() {
        long quorum = fields.whole("quorum", 1, Witnesses.MAX);
        var keys = List.copyOf(
                fields.texts("keys", KEY, "a witness's verifier key: name+hash+key, of signature type 0x04"));
        if (keys.size() > Witnesses.MAX) {
            fields.problem("keys", "has more than " + Witnesses.MAX + " entries");
        } else if (fields.isList("keys") && quorum > keys.size()) {
            fields.problem("quorum", "of %d is more than the %d keys".formatted(quorum, keys.size()));
        }
        var publicKeys = new HashSet<String>();
        var marks = new HashSet<String>();
        for (var key : keys) {
            var parts = KEY.matcher(key);
            if (parts.matches()) {
                key(key, parts);
                if (!publicKeys.add(parts.group(3))) {
                    fields.problem("keys", Fields.quoted(key) + " is the key of another witness");
                } else if (!marks.add(parts.group(1) + "+" + parts.group(2))) {
                    fields.problem("keys", Fields.quoted(key) + " cannot be told from another one in signed notes");
                }
            }
        }
        return new Witnesses((int) quorum, keys);
    }

    private void key(String text, Matcher parts) {
        byte[] encoded = Base64.getDecoder().decode(parts.group(3));
        byte[] raw = Arrays.copyOfRange(encoded, 1, encoded.length);
        if (encoded[0] != COSIGNATURE_V1) {
            fields.problem("keys", Fields.quoted(text) + " is no key of cosignature/v1, signature type 0x04");
            return;
        }
        var digest = Digests.sha256();
        digest.update((parts.group(1) + "\n").getBytes(StandardCharsets.US_ASCII));
        byte[] id = Arrays.copyOf(digest.digest(encoded), ID);
        if (!HexFormat.of().formatHex(id).equals(parts.group(2))) {
            fields.problem("keys", Fields.quoted(text) + " has a hash that does not fit");
        } else if (PartyKey.ed25519(raw).isWeak()) {
            fields.problem("keys", Fields.quoted(text) + " is a key under which anybody can sign");
        }
    }
}
