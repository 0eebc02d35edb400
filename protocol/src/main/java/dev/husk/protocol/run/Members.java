package dev.husk.protocol.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A JSON object that is read strictly: what it must have, and nothing else. */
record Members(String what, JsonObject json) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final int MAX_TEXT = 2 << 20;

    /** This object, if it has no other members. */
    Members only(String... names) throws MalformedRunException {
        var known = Set.of(names);
        for (var name : json.keySet()) {
            if (!known.contains(name)) {
                throw malformed("a member that is not known");
            }
        }
        return this;
    }

    boolean has(String name) {
        return json.has(name);
    }

    String text(String name) throws MalformedRunException {
        if (json.get(name) instanceof JsonPrimitive value
                && value.isString()
                && value.getAsString().length() <= MAX_TEXT) {
            return value.getAsString();
        }
        throw malformed("no text " + name);
    }

    void require(String name, String expected) throws MalformedRunException {
        if (!text(name).equals(expected)) {
            throw malformed(name + " is not " + expected);
        }
    }

    /** A text of visible ASCII, at most 512 characters. */
    String word(String name) throws MalformedRunException {
        var text = text(name);
        if (text.isEmpty() || text.length() > 512 || text.chars().anyMatch(c -> c <= 0x20 || c > 0x7e)) {
            throw malformed(name + " is not visible ASCII");
        }
        return text;
    }

    boolean truth(String name) throws MalformedRunException {
        if (json.get(name) instanceof JsonPrimitive value && value.isBoolean()) {
            return value.getAsBoolean();
        }
        throw malformed("no true or false " + name);
    }

    Instant time(String name) throws MalformedRunException {
        try {
            var text = text(name);
            var time = Instant.parse(text);
            if (time.toString().equals(text)) {
                return time;
            }
        } catch (DateTimeException e) {
            throw malformed(name + " is no time");
        }
        throw malformed(name + " is not a time in UTC in its shortest form");
    }

    Members object(String name) throws MalformedRunException {
        if (json.get(name) instanceof JsonObject object) {
            return new Members(what + ", " + name, object);
        }
        throw malformed("no object " + name);
    }

    List<Members> list(String name, int most) throws MalformedRunException {
        var list = new ArrayList<Members>();
        for (var element : array(name, most)) {
            if (!(element instanceof JsonObject object)) {
                throw malformed(name + " has something that is no object");
            }
            list.add(new Members(what + ", " + name, object));
        }
        return list;
    }

    List<String> texts(String name, int most) throws MalformedRunException {
        var list = new ArrayList<String>();
        for (var element : array(name, most)) {
            if (!(element instanceof JsonPrimitive value) || !value.isString()) {
                throw malformed(name + " has something that is no text");
            }
            list.add(value.getAsString());
        }
        return list;
    }

    private JsonArray array(String name, int most) throws MalformedRunException {
        if (json.get(name) instanceof JsonArray array && array.size() <= most) {
            return array;
        }
        throw malformed("no list " + name + " of at most " + most);
    }

    /** {@code sha256:hex} from a digest set {@code {"sha256": hex}}. */
    String digest() throws MalformedRunException {
        var hex = object("digest").only("sha256").text("sha256");
        if (!HEX.matcher(hex).matches()) {
            throw malformed("a digest that is not 64 lower-case hex digits");
        }
        return "sha256:" + hex;
    }

    MalformedRunException malformed(String why) {
        return new MalformedRunException(what + ": " + why);
    }
}
