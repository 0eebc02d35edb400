package dev.husk.protocol.log;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one policy file of C2SP {@code tlog-policy}, octet by octet as it says; an instance reads one file. */
final class PolicyFile {
    private static final int MAX_BYTES = 1 << 16;

    /** So deep may groups stand in groups. */
    private static final int MAX_DEPTH = 32;

    private final List<VerifierKey> logs = new ArrayList<>();
    private final List<WitnessPolicy.Witness> witnesses = new ArrayList<>();
    private final Map<String, WitnessPolicy.Member> named = new HashMap<>();
    private final Map<String, Integer> depths = new HashMap<>();
    private final Set<String> members = new HashSet<>();
    private final Set<String> keys = new HashSet<>();
    private Optional<WitnessPolicy.Member> quorum = Optional.empty();

    WitnessPolicy read(byte[] file) throws MalformedLogException {
        if (file.length > MAX_BYTES) {
            throw new MalformedLogException("a policy larger than " + MAX_BYTES + " bytes");
        }
        // Octets are opaque there, so names are compared as such: one character for each.
        int number = 0;
        for (var line : new String(file, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            number++;
            try {
                read(line);
            } catch (IllegalArgumentException e) {
                throw new MalformedLogException("line " + number + " of the policy: " + e.getMessage());
            }
        }
        return new WitnessPolicy(
                logs, witnesses, quorum.orElseThrow(() -> new MalformedLogException("the policy has no quorum line")));
    }

    private void read(String line) {
        if (line.chars().anyMatch(c -> c < 0x20 && c != '\t' || c == 0x7f)) {
            throw new IllegalArgumentException("a control character");
        }
        var words = words(line);
        if (words.isEmpty() || words.get(0).startsWith("#")) {
            return;
        }
        switch (words.get(0)) {
            case "log" -> log(count(words, 2, 3));
            case "witness" -> witness(count(words, 3, 4));
            case "group" -> group(count(words, 4, Integer.MAX_VALUE));
            case "quorum" -> quorum(count(words, 2, 2).get(1));
            default -> throw new IllegalArgumentException("neither log, witness, group nor quorum");
        }
    }

    private static List<String> words(String line) {
        var words = new ArrayList<String>();
        for (var word : line.split("[ \t]+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    private static List<String> count(List<String> words, int from, int to) {
        if (words.size() < from || words.size() > to) {
            throw new IllegalArgumentException("too few or too many words");
        }
        return words;
    }

    private void log(List<String> words) {
        var key = VerifierKey.parse(utf8(words.get(1)));
        once("log", key.publicKey());
        if (words.size() > 2) {
            url(words.get(2));
        }
        logs.add(key);
    }

    private void witness(List<String> words) {
        var key = WitnessKey.parse(utf8(words.get(2)));
        once("witness", key.publicKey());
        var url = words.size() > 3 ? Optional.of(url(words.get(3))) : Optional.<URI>empty();
        var name = utf8(words.get(1));
        define(words.get(1), new WitnessPolicy.Single(name), 0);
        witnesses.add(new WitnessPolicy.Witness(name, key, url));
    }

    private void group(List<String> words) {
        var in = new ArrayList<WitnessPolicy.Member>();
        int depth = 0;
        for (var name : words.subList(3, words.size())) {
            in.add(named(name));
            depth = Math.max(depth, depths.getOrDefault(name, 0) + 1);
            if (!members.add(name)) {
                throw new IllegalArgumentException(utf8(name) + " is a member already");
            }
        }
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("groups in groups, more than " + MAX_DEPTH + " deep");
        }
        int threshold = switch (words.get(2)) {
            case "all" -> in.size();
            case "any" -> 1;
            default -> threshold(words.get(2), in.size());
        };
        define(words.get(1), new WitnessPolicy.Group(threshold, in), depth);
    }

    private static int threshold(String word, int of) {
        long threshold = NoteLines.decimal(word);
        if (threshold < 1 || threshold > of) {
            throw new IllegalArgumentException("a threshold of " + threshold + " of " + of);
        }
        return (int) threshold;
    }

    private void quorum(String name) {
        if (quorum.isPresent()) {
            throw new IllegalArgumentException("a second quorum");
        }
        quorum = Optional.of(name.equals("none") ? new WitnessPolicy.Group(0, List.of()) : named(name));
    }

    private WitnessPolicy.Member named(String name) {
        var member = named.get(name);
        if (member == null) {
            throw new IllegalArgumentException(utf8(name) + " is not defined before");
        }
        return member;
    }

    private void define(String name, WitnessPolicy.Member member, int depth) {
        if (name.equals("none") || named.putIfAbsent(name, member) != null) {
            throw new IllegalArgumentException(utf8(name) + " is taken");
        }
        depths.put(name, depth);
    }

    private void once(String kind, byte[] publicKey) {
        if (!keys.add(kind + " " + NoteLines.base64(publicKey))) {
            throw new IllegalArgumentException("the key of another " + kind);
        }
    }

    private static URI url(String word) {
        try {
            return new URI(utf8(word));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URL", e);
        }
    }

    private static String utf8(String octets) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8", e);
        }
    }
}
