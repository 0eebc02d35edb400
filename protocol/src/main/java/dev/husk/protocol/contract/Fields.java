package dev.husk.protocol.contract;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads one object of a contract member by member, noting every problem instead of stopping at the first. */
final class Fields {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private static final int MAX_ELEMENTS = 256;
    private static final int SHOWN = 80;

    /** What a contract says where it names nothing; nothing may be called so. */
    private static final Set<String> RESERVED = Set.of("any", "none");

    private final JsonObject object;
    private final String where;
    private final List<String> problems;
    private final Set<String> read = new HashSet<>();

    private Fields(JsonObject object, String where, List<String> problems) {
        this.object = object;
        this.where = where;
        this.problems = problems;
    }

    static Fields of(JsonElement element, String where, List<String> problems) {
        if (element instanceof JsonObject object) {
            return new Fields(object, where, problems);
        }
        problems.add(where + ": must be an object");
        var nothing = new Fields(new JsonObject(), where, new ArrayList<>());
        return nothing;
    }

    void problem(String member, String text) {
        problems.add(at(member) + ": " + text);
    }

    private String at(String member) {
        return where.isEmpty() ? member : where + "." + member;
    }

    private Optional<JsonElement> member(String member) {
        read.add(member);
        var value = object.get(member);
        if (value == null) {
            problem(member, "is missing");
        }
        return Optional.ofNullable(value);
    }

    boolean has(String member) {
        return object.has(member);
    }

    String text(String member) {
        var value = member(member);
        if (value.isEmpty()) {
            return "";
        }
        if (value.get() instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        problem(member, "must be text");
        return "";
    }

    /** A text of the contract in a problem: short, and safe to print. */
    static String quoted(String text) {
        var shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "..";
        return "'" + shown.replaceAll("[^\\x20-\\x7e]", "?") + "'";
    }

    /** A name of something in the contract; empty where there is none, which then is a problem already. */
    String name(String member) {
        var text = text(member);
        if (text.isEmpty()) {
            if (has(member) && object.get(member) instanceof JsonPrimitive given && given.isString()) {
                problem(member, "is empty");
            }
            return "";
        }
        if (!NAME.matcher(text).matches()) {
            problem(member, quoted(text) + " is no name: lower-case letters, digits and dashes, at most 63");
            return "";
        }
        if (RESERVED.contains(text)) {
            problem(member, "'" + text + "' is no name: it stands for something else in contracts");
            return "";
        }
        return text;
    }

    String matching(String member, Pattern pattern, String expectation) {
        var text = text(member);
        if (has(member) && !pattern.matcher(text).matches()) {
            problem(member, "must be " + expectation);
        }
        return text;
    }

    String oneOf(String member, String... values) {
        var text = text(member);
        if (has(member) && !List.of(values).contains(text)) {
            problem(member, "must be one of " + String.join(", ", values) + ", not " + quoted(text));
        }
        return text;
    }

    long whole(String member, long min, long max) {
        var value = member(member);
        if (value.isPresent()) {
            if (value.get() instanceof JsonPrimitive primitive && primitive.isNumber()) {
                var number = primitive.getAsNumber();
                if ((number instanceof Long || number instanceof Integer)
                        && number.longValue() >= min
                        && number.longValue() <= max) {
                    return number.longValue();
                }
            }
            problem(member, "must be a whole number from %d to %d".formatted(min, max));
        }
        return min;
    }

    /** True, false, or empty for "any". */
    Optional<Boolean> flagOrAny(String member) {
        var value = member(member);
        if (value.isPresent() && value.get() instanceof JsonPrimitive primitive) {
            if (primitive.isBoolean()) {
                return Optional.of(primitive.getAsBoolean());
            }
            if (primitive.isString() && primitive.getAsString().equals("any")) {
                return Optional.empty();
            }
        }
        if (value.isPresent()) {
            problem(member, "must be true, false or any");
        }
        return Optional.empty();
    }

    /** Whether the member says "any"; a missing member is noted by whoever reads its value. */
    boolean isAny(String member) {
        return says(member, "any");
    }

    /** Whether the member says "none"; a missing member is noted by whoever reads its value. */
    boolean isNone(String member) {
        return says(member, "none");
    }

    private boolean says(String member, String word) {
        if (object.get(member) instanceof JsonPrimitive primitive
                && primitive.isString()
                && primitive.getAsString().equals(word)) {
            read.add(member);
            return true;
        }
        return false;
    }

    Fields object(String member) {
        var value = member(member);
        return value.isEmpty()
                ? new Fields(new JsonObject(), at(member), new ArrayList<>())
                : of(value.get(), at(member), problems);
    }

    Set<String> memberNames() {
        read.addAll(object.keySet());
        return object.keySet();
    }

    /** Whether the member is a list, whatever stands in it. */
    boolean isList(String member) {
        return object.get(member) != null && object.get(member).isJsonArray();
    }

    <T> List<T> list(String member, int max, Function<Fields, T> parse) {
        var parsed = new ArrayList<T>();
        var value = member(member);
        if (value.isPresent() && tooLong(member, value.get(), max)) {
            return List.of();
        }
        if (value.isPresent() && value.get().isJsonArray()) {
            int index = 0;
            for (var element : value.get().getAsJsonArray()) {
                var fields = of(element, at(member) + "[" + index++ + "]", problems);
                parsed.add(parse.apply(fields));
                fields.refuseUnread();
            }
        } else if (value.isPresent()) {
            problem(member, "must be a list");
        }
        return List.copyOf(parsed);
    }

    private boolean tooLong(String member, JsonElement value, int max) {
        if (value.isJsonArray() && value.getAsJsonArray().size() > max) {
            problem(member, "has more than " + max + " entries");
            return true;
        }
        return false;
    }

    Set<String> texts(String member, Pattern pattern, String expectation) {
        var texts = new LinkedHashSet<String>();
        var value = member(member);
        if (value.isPresent() && tooLong(member, value.get(), MAX_ELEMENTS)) {
            return texts;
        }
        if (value.isPresent() && value.get().isJsonArray()) {
            for (var element : value.get().getAsJsonArray()) {
                if (!(element instanceof JsonPrimitive primitive)
                        || !primitive.isString()
                        || !pattern.matcher(primitive.getAsString()).matches()) {
                    problem(member, "every element must be " + expectation);
                } else if (!texts.add(primitive.getAsString())) {
                    problem(member, quoted(primitive.getAsString()) + " stands twice");
                }
            }
        } else if (value.isPresent()) {
            problem(member, "must be a list");
        }
        return java.util.Collections.unmodifiableSet(texts);
    }

    Set<String> names(String member) {
        return texts(member, NAME, "a name");
    }

    /** An allow-list: "any", or at least one element. */
    AllowList allowed(String member, Pattern pattern, String expectation) {
        if (isAny(member)) {
            return AllowList.any();
        }
        int before = problems.size();
        var texts = texts(member, pattern, expectation);
        if (texts.isEmpty() && problems.size() == before) {
            problem(member, "allows nothing: list what is allowed, or write any");
        }
        return AllowList.only(texts);
    }

    /** An allow-list, or an object whose one member {@code anyExcept} lists what is not allowed. */
    AllowList allowedOrExcept(String member, Pattern pattern, String expectation) {
        if (!(object.get(member) instanceof JsonObject)) {
            return allowed(member, pattern, expectation);
        }
        var except = object(member);
        int before = problems.size();
        var texts = except.texts("anyExcept", pattern, expectation);
        except.refuseUnread();
        if (texts.isEmpty() && problems.size() == before) {
            problem(member, "denies nothing: list what is denied, or write any");
        }
        return AllowList.anyExcept(texts);
    }

    /** At least one text, or {@code none}. */
    Set<String> textsOrNone(String member, Pattern pattern, String expectation) {
        if (isNone(member)) {
            return Set.of();
        }
        int before = problems.size();
        var texts = texts(member, pattern, expectation);
        if (texts.isEmpty() && problems.size() == before) {
            problem(member, "is empty: write none");
        }
        return texts;
    }

    AllowList allowedNames(String member) {
        return allowed(member, NAME, "a name");
    }

    /** Unknown members are refused: a misspelt limit must not go unnoticed. */
    void refuseUnread() {
        for (var name : object.keySet()) {
            if (!read.contains(name)) {
                problem(name.length() > SHOWN ? quoted(name) : name, "is not known here");
            }
        }
    }

    JsonObject raw() {
        return object;
    }

    Optional<JsonElement> optional(String member) {
        read.add(member);
        return Optional.ofNullable(object.get(member));
    }
}
