/**
 * The console: a page for parties, which shows contracts and events, and checks the log in the browser.
 *
 * <p>The page is code that the gateway serves, and so as honest as whoever runs it: {@code husk log verify} is the check
 * that does not depend on it (docs/threat-model.md).
 */
@NullMarked
package dev.husk.gateway.console;

import org.jspecify.annotations.NullMarked;
