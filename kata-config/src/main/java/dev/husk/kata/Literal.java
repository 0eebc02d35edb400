package dev.husk.kata;

import java.util.Collection;
import java.util.stream.Collectors;

/** Text as a literal that JSON, Rego and TOML read alike, and that cannot end the TOML string around it. */
final class Literal {
    private Literal() {}

    static String of(String text) {
        var literal = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"' -> literal.append("\\\"");
                case '\\' -> literal.append("\\\\");
                case '\n' -> literal.append("\\n");
                default -> {
                    // An apostrophe would count towards the three that end initdata's strings.
                    if (c < ' ' || c >= 0x7f && c < 0xa0 || c == '\'') {
                        literal.append("\\u%04x".formatted((int) c));
                    } else {
                        literal.append(c);
                    }
                }
            }
        }
        return literal.append('"').toString();
    }

    static String list(Collection<String> texts) {
        return texts.stream().map(Literal::of).collect(Collectors.joining(", ", "[", "]"));
    }
}
