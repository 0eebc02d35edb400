package dev.husk.local.whisk;

import java.util.Set;

/**
 * An action as it was called, found through its package or a binding of it.
 *
 * @param parameters those of the package, the binding and the action, later ones over earlier ones
 * @param binding the qualified name of the bound package it was called through; empty if none
 */
record Callee(Entity action, Parameters parameters, String binding) {

    static Callee find(Entities entities, EntityPath path) throws Refused {
        if (path.packageName().isEmpty()) {
            var action = entities.get(path);
            return new Callee(action, action.parameters(), "");
        }
        var first = entities.get(EntityPath.of(EntityPath.Kind.PACKAGES, "", path.packageName()));
        var bound = Packages.bound(first);
        if (bound.isEmpty()) {
            var action = entities.get(path);
            return new Callee(action, first.parameters().with(action.parameters()), "");
        }
        var provider = entities.get(EntityPath.of(EntityPath.Kind.PACKAGES, "", bound));
        var action = entities.get(EntityPath.of(EntityPath.Kind.ACTIONS, bound, path.name()));
        return new Callee(
                action,
                provider.parameters().with(first.parameters()).with(action.parameters()),
                first.path().qualified());
    }

    /** Refuses arguments that would replace a parameter of an action whose parameters are final. */
    void checkOverrides(Set<String> arguments) throws Refused {
        if (action.annotations().isTrue("final")) {
            for (var argument : arguments) {
                if (parameters
                        .get(argument)
                        .filter(value -> !value.isJsonNull())
                        .isPresent()) {
                    throw notAllowed();
                }
            }
        }
    }

    static Refused notAllowed() {
        return new Refused(400, "Request defines parameters that are not allowed (e.g., reserved properties).");
    }
}
