package dev.husk.runtime;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;

/**
 * Loads a kind's engines before there is an action: the public static methods without parameters that the system
 * property {@value #PROPERTY} names, {@code Class#method}, separated by commas. They come from the kind's own class path,
 * which is measured together with the command line; nothing of an action is loaded.
 */
final class Preload {
    static final String PROPERTY = "husk.preload";

    private Preload() {}

    /** Calls one after the other. What fails is said in the log and left to the first run, which will say more. */
    static void run(String methods, ActivationLog log) {
        for (var method : methods.split(",")) {
            var name = method.strip();
            try {
                call(name);
            } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
                var cause = e instanceof InvocationTargetException thrown && thrown.getCause() != null
                        ? thrown.getCause()
                        : e;
                log.error("HUSK preload of " + name + " failed: " + cause);
            }
        }
    }

    private static void call(String name) throws ReflectiveOperationException {
        int hash = name.indexOf('#');
        if (hash < 1) {
            throw new NoSuchMethodException("-D" + PROPERTY + " wants Class#method");
        }
        var method = Class.forName(name.substring(0, hash)).getMethod(name.substring(hash + 1));
        if (!Modifier.isStatic(method.getModifiers())) {
            throw new NoSuchMethodException("not a static method");
        }
        method.invoke(null);
    }
}
