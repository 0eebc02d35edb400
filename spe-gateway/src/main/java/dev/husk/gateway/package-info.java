/**
 * The Security Policy Engine: attests sandboxes, keeps contracts, releases keys as they say, and logs every answer.
 *
 * <p>This package holds what all features share: configuration and errors. What the gateway does not do: read data,
 * or trust its database, its object store or its network.
 */
@NullMarked
package dev.husk.gateway;

import org.jspecify.annotations.NullMarked;
