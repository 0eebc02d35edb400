package dev.husk.runtime.load;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.function.FunctionContext;
import dev.husk.function.ThreadSafe;
import java.lang.annotation.AnnotationFormatError;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An action's entry point: {@code Class} or {@code Class#method}, the method being {@code main} where none is named.
 * It is public, static, and takes a {@link JsonObject}, a {@link JsonArray}, or a {@link JsonObject} with the
 * {@link FunctionContext} of a confidential run.
 */
public final class EntryPoint {
    private static final List<List<Class<?>>> SHAPES = List.of(
            List.of(JsonObject.class, FunctionContext.class), List.of(JsonObject.class), List.of(JsonArray.class));

    private final String name;
    private final Map<List<Class<?>>, Method> methods;
    private final boolean threadSafe;

    private EntryPoint(String name, Map<List<Class<?>>, Method> methods, boolean threadSafe) {
        this.name = name;
        this.methods = methods;
        this.threadSafe = threadSafe;
    }

    /**
     * Loads the class, without running its initializer.
     *
     * @throws ReflectiveOperationException if there is no such class or no such method in it
     * @throws LinkageError if the class does not load
     */
    public static EntryPoint resolve(String entry, ClassLoader loader) throws ReflectiveOperationException {
        int hash = entry.indexOf('#');
        var className = hash < 0 ? entry : entry.substring(0, hash);
        var method = hash < 0 || hash == entry.length() - 1 ? "main" : entry.substring(hash + 1);
        var type = loader.loadClass(className);
        var found = new HashMap<List<Class<?>>, Method>();
        for (var candidate : type.getMethods()) {
            var shape = List.of(candidate.getParameterTypes());
            if (candidate.getName().equals(method)
                    && Modifier.isStatic(candidate.getModifiers())
                    && !candidate.isBridge()
                    && SHAPES.contains(shape)) {
                candidate.setAccessible(true); // the class itself need not be public
                found.put(shape, candidate);
            }
        }
        if (found.isEmpty()) {
            throw new NoSuchMethodException(className + "." + method + "(com.google.gson.JsonObject)");
        }
        return new EntryPoint(entry, found, declaredThreadSafe(type));
    }

    private static boolean declaredThreadSafe(Class<?> type) {
        try {
            return type.isAnnotationPresent(ThreadSafe.class);
        } catch (AnnotationFormatError e) {
            throw new ClassFormatError(type.getName() + ": " + e.getMessage());
        }
    }

    /** Whether its class says that several threads may call it at once. */
    public boolean threadSafe() {
        return threadSafe;
    }

    /** Whether it can run outside any contract. */
    public boolean runsWithoutContext() {
        return methods.keySet().stream().anyMatch(shape -> shape.size() == 1);
    }

    /** Calls the action as OpenWhisk does. The result is what the action returned, which may be anything. */
    @SuppressWarnings("NullAway") // what a method returned through reflection may be null, and the caller asks
    public Object call(JsonElement value) throws ReflectiveOperationException {
        return method(List.of(value instanceof JsonArray ? JsonArray.class : JsonObject.class))
                .invoke(null, value);
    }

    /** Calls the function with its context, or without where it takes none. */
    @SuppressWarnings("NullAway")
    public Object call(JsonObject parameters, FunctionContext context) throws ReflectiveOperationException {
        var withContext = methods.get(SHAPES.get(0));
        return withContext != null ? withContext.invoke(null, parameters, context) : call(parameters);
    }

    private Method method(List<Class<?>> shape) throws NoSuchMethodException {
        var method = methods.get(shape);
        if (method == null) {
            throw new NoSuchMethodException(name + " takes no " + shape.get(0).getSimpleName() + " alone");
        }
        return method;
    }

    /** What the action threw, without the wrapping of reflection. */
    public static Throwable cause(Throwable thrown) {
        return thrown instanceof InvocationTargetException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : thrown;
    }
}
