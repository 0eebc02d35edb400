package dev.husk.local.whisk;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The newest activations, in memory, bounded by number and by size. They end with the server. */
final class Activations {
    private static final int MOST = 2000;
    private static final long MOST_CHARACTERS = 64L * 1024 * 1024;

    private final Deque<Activation> newestFirst = new ArrayDeque<>();
    private final Map<String, Activation> byId = new HashMap<>();
    private long characters;

    synchronized void add(Activation activation) {
        newestFirst.addFirst(activation);
        byId.put(activation.id(), activation);
        characters += weight(activation);
        while (newestFirst.size() > MOST || characters > MOST_CHARACTERS && newestFirst.size() > 1) {
            var oldest = newestFirst.removeLast();
            byId.remove(oldest.id());
            characters -= weight(oldest);
        }
    }

    synchronized Optional<Activation> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** @param name an action's name, or a package, a slash and a name; empty for all */
    synchronized List<Activation> list(String name, OptionalLong since, OptionalLong upto) {
        return newestFirst.stream()
                .filter(activation -> name.isEmpty()
                        || activation.path().name().equals(name)
                        || activation.path().qualified().equals(WhiskServer.NAMESPACE + "/" + name))
                .filter(activation -> since.isEmpty() || activation.start() >= since.getAsLong())
                .filter(activation -> upto.isEmpty() || activation.start() <= upto.getAsLong())
                .toList();
    }

    private static long weight(Activation activation) {
        return activation.result().toString().length()
                + activation.logs().stream().mapToLong(String::length).sum();
    }
}
