package dev.husk.store.minio;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Where an object lies in a store: {@code s3://bucket/key}.
 *
 * @param bucket 3 to 63 of {@code a-z 0-9 . -}
 * @param key 1 to 1024 bytes in UTF-8; segments between slashes are neither empty, nor {@code .} or {@code ..}, which
 *     servers that keep files would misunderstand
 */
public record StoreLocation(String bucket, String key) {
    private static final String SCHEME = "s3://";
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9](?!.*\\.\\.)[a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern SEGMENT = Pattern.compile("(?!\\.{1,2}$)[^/\\p{Cntrl}\\\\]+");
    private static final int LONGEST_KEY = 1024;

    /** @throws IllegalArgumentException saying which of the two is no good */
    public StoreLocation {
        if (!BUCKET.matcher(bucket).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" is no bucket name: 3 to 63 of a-z, 0-9, dot and hyphen".formatted(bucket));
        }
        if (key.isEmpty() || key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
            throw new IllegalArgumentException("an object's key in bucket %s has 1 to 1024 bytes".formatted(bucket));
        }
        for (var segment : key.split("/", -1)) {
            if (!SEGMENT.matcher(segment).matches()) {
                throw new IllegalArgumentException(
                        "\"%s\" is no object key: a part between slashes is empty, dots, or has control characters"
                                .formatted(key.replaceAll("\\p{Cntrl}", "?")));
            }
        }
    }

    /** Reads {@code s3://bucket/key}. */
    public static StoreLocation parse(String text) {
        int slash = text.indexOf('/', SCHEME.length());
        if (!text.startsWith(SCHEME) || slash < 0) {
            throw new IllegalArgumentException(
                    "a store location is s3://bucket/key, not " + text.replaceAll("\\p{Cntrl}", "?"));
        }
        return new StoreLocation(text.substring(SCHEME.length(), slash), text.substring(slash + 1));
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return SCHEME + bucket + "/" + key;
    }
}
