package dev.husk.store.minio;

/**
 * What was put into a store.
 *
 * @param sha256 digest of the sealed object, {@code sha256:hex}
 * @param size of the sealed object, in bytes
 */
public record Stored(String sha256, long size) {}
