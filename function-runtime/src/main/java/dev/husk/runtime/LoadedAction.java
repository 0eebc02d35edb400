package dev.husk.runtime;

import dev.husk.runtime.attest.Sandbox;
import dev.husk.runtime.load.ActionLoader;
import dev.husk.runtime.load.EntryPoint;
import java.util.Optional;

/**
 * An initialized action.
 *
 * @param concurrent whether its runs may overlap
 * @param sandbox who the gateway bound it as; empty in a runtime that was started with {@code --plain}
 */
record LoadedAction(EntryPoint entry, ActionLoader loader, boolean concurrent, Optional<Sandbox> sandbox) {}
