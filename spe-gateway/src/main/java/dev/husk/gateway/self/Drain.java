package dev.husk.gateway.self;

import dev.husk.gateway.Configuration;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM, before the server hears of it: for a while the gateway says that it is not ready and still answers, so that
 * balancers leave it before connections break; then the server stops as it always does. A second SIGTERM ends the wait.
 *
 * <p>The server stops listening as its first act, whichever of its hooks one takes, so this stands before the JVM's
 * own handler of the signal ({@code sun.misc.Signal}, by reflection: javac warns of it in a way that nothing silences).
 */
@ApplicationScoped
public class Drain {
    private static final System.Logger LOG = System.getLogger(Drain.class.getName());

    @Inject
    private Configuration configuration;

    private final CountDownLatch again = new CountDownLatch(1);
    private volatile boolean begun;

    /** Whether the gateway was told to end. */
    public boolean begun() {
        return begun;
    }

    /** From here on SIGTERM comes here first; not before the gateway is ready, since until then nobody relies on it. */
    void watch() {
        var time = configuration.drain();
        if (time.isZero()) {
            return;
        }
        try {
            var loader = ClassLoader.getSystemClassLoader();
            var signals = loader.loadClass("sun.misc.Signal");
            var handlers = loader.loadClass("sun.misc.SignalHandler");
            var signal = signals.getConstructor(String.class).newInstance("TERM");
            var pass = handlers.getMethod("handle", signals);
            var before = new CountDownLatch(1);
            var old = new Object[1];
            var handler = Proxy.newProxyInstance(loader, new Class<?>[] {handlers}, (self, method, arguments) -> {
                if (method.equals(pass)) {
                    before.await();
                    drain(time, pass, old[0], signal);
                    return null;
                }
                return switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> "drain";
                };
            });
            old[0] = signals.getMethod("handle", signals, handlers).invoke(null, signal, handler);
            before.countDown();
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.WARNING, "SIGTERM ends this gateway at once: HUSK_DRAIN has no effect here", e);
        }
    }

    private void drain(Duration time, Method pass, Object old, Object signal)
            throws InterruptedException, IllegalAccessException, InvocationTargetException {
        if (begun) {
            again.countDown();
            return;
        }
        begun = true;
        LOG.log(
                System.Logger.Level.INFO,
                "told to end: not ready from now on, and stopping in " + time.toSeconds() + " s");
        again.await(time.toMillis(), TimeUnit.MILLISECONDS);
        pass.invoke(old, signal);
    }
}
