/**
 * Sealed objects in an S3 store, through the MinIO client; any S3 server does.
 *
 * <p>{@link dev.husk.store.minio.ObjectStore} is the door. Plain bytes never reach the store, and neither direction
 * needs more memory for a longer object. What this does not do: hide names, sizes and times from the store, stop the
 * store from deleting an object or giving back an older one of the same name and key (compare its digest), or keep
 * keys.
 */
@NullMarked
package dev.husk.store.minio;

import org.jspecify.annotations.NullMarked;
