/**
 * Sealed objects: files encrypted on the client, streamed both ways in constant memory.
 *
 * <p>{@link dev.husk.store.SealedObject} is the door. What this does not do: hide an object's size or the time of its
 * use, keep keys, or move objects to a store.
 */
@NullMarked
package dev.husk.store;

import org.jspecify.annotations.NullMarked;
