package dev.husk.local.whisk;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The place of an entity in the namespace.
 *
 * @param packageName empty if the entity stands outside of packages
 */
record EntityPath(Kind kind, String packageName, String name) {
    private static final Pattern NAME = Pattern.compile("\\A(\\w|\\w[\\w@ .&-]{0,254}[\\w@.&-])\\z");

    /** The collections of the REST API. */
    enum Kind {
        ACTIONS,
        PACKAGES,
        TRIGGERS,
        RULES;

        static Optional<Kind> of(String segment) {
            for (var kind : values()) {
                if (kind.segment().equals(segment)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }

        String segment() {
            return switch (this) {
                case ACTIONS -> "actions";
                case PACKAGES -> "packages";
                case TRIGGERS -> "triggers";
                case RULES -> "rules";
            };
        }
    }

    static EntityPath of(Kind kind, String packageName, String name) throws Refused {
        if (!packageName.isEmpty()) {
            checkName(packageName);
        }
        checkName(name);
        if (kind == Kind.PACKAGES && name.equals("default")) {
            throw new Refused(400, "Package name 'default' is reserved");
        }
        return new EntityPath(kind, packageName, name);
    }

    static void checkName(String name) throws Refused {
        if (!NAME.matcher(name).matches()) {
            throw new Refused(
                    400,
                    "A name must have 1 to 256 letters, digits, underscores or any of '@ .&-', start with a letter,"
                            + " digit or underscore and not end with a space.");
        }
    }

    /** The namespace and the package, such as {@code guest/heart}. */
    String parent() {
        return packageName.isEmpty() ? WhiskServer.NAMESPACE : WhiskServer.NAMESPACE + "/" + packageName;
    }

    /** The whole name without a leading slash, such as {@code guest/heart/train}. */
    String qualified() {
        return parent() + "/" + name;
    }

    String key() {
        return kind.segment() + "/" + packageName + "/" + name;
    }
}
