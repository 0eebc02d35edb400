package dev.husk.protocol.log;

import java.util.regex.Pattern;

/**
 * Which tile or entry bundle of a log, and its path below the log's prefix (C2SP {@code tlog-tiles}).
 *
 * <p>A tile holds hashes of its level: those of leaves at level 0, above it those of whole tiles of the level below. A
 * bundle holds the entries themselves.
 *
 * @param level 0 to 63, or {@link #ENTRIES}
 * @param index from 0, left to right
 * @param width number of hashes or entries, 1 to 256; below 256 it is a partial tile: the beginning of a whole one
 */
public record TileName(int level, long index, int width) {
    /** Hashes of a whole tile. */
    public static final int WIDTH = 256;

    /** The level of entry bundles. */
    public static final int ENTRIES = -1;

    static final int BITS = 8;

    private static final int MAX_LEVEL = 63;
    private static final int MAX_CHARS = 64;
    private static final Pattern PATH =
            Pattern.compile("tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

    public TileName {
        if (level < ENTRIES || level > MAX_LEVEL || index < 0 || width < 1 || width > WIDTH) {
            throw new IllegalArgumentException("no tile: level " + level + ", index " + index + ", width " + width);
        }
    }

    /** The whole tile. */
    public static TileName whole(int level, long index) {
        return new TileName(level, index, WIDTH);
    }

    public boolean isWhole() {
        return width == WIDTH;
    }

    public boolean isEntries() {
        return level == ENTRIES;
    }

    /** The whole tile that this one is the beginning of. */
    public TileName whole() {
        return whole(level, index);
    }

    /** Whether a tree of {@code size} leaves has it. */
    public boolean isIn(long size) {
        int depth = isEntries() ? 0 : level;
        long hashes = depth * BITS < Long.SIZE - 1 ? size >>> depth * BITS : 0;
        long before = hashes >>> BITS;
        return index < before || index == before && width <= (hashes & WIDTH - 1);
    }

    /** {@code tile/<L>/<N>[.p/<W>]} or {@code tile/entries/<N>[.p/<W>]}. */
    public String path() {
        var path = new StringBuilder("%03d".formatted(index % 1000));
        for (long rest = index / 1000; rest > 0; rest /= 1000) {
            path.insert(0, "x%03d/".formatted(rest % 1000));
        }
        path.insert(0, "tile/" + (isEntries() ? "entries" : "" + level) + "/");
        return isWhole() ? path.toString() : path + ".p/" + width;
    }

    /** Reads the one spelling that {@link #path} gives; every other is refused. */
    public static TileName parse(String path) throws MalformedLogException {
        var matcher = PATH.matcher(path.length() > MAX_CHARS ? "" : path);
        if (matcher.matches()) {
            var level = matcher.group(1);
            var width = matcher.group(3);
            try {
                var name = new TileName(
                        level.equals("entries") ? ENTRIES : Integer.parseInt(level),
                        Long.parseLong(matcher.group(2).replaceAll("[x/]", "")),
                        width == null ? WIDTH : Integer.parseInt(width));
                if (name.path().equals(path)) {
                    return name;
                }
            } catch (IllegalArgumentException e) {
                // A number out of bounds.
            }
        }
        throw new MalformedLogException("not the path of a tile");
    }

    @Override
    public String toString() {
        return path();
    }
}
