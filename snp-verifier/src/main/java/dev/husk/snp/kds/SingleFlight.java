package dev.husk.snp.kds;

import dev.husk.snp.kds.CollateralException.Problem;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/** Lets threads that want the same at the same time share one flight, its result or its failure. */
final class SingleFlight {
    private final Map<Collateral, CompletableFuture<Found>> flights = new ConcurrentHashMap<>();

    Found fly(Collateral wanted, Locks.Work<Found> work) throws CollateralException {
        var own = new CompletableFuture<Found>();
        var other = flights.putIfAbsent(wanted, own);
        if (other != null) {
            return join(wanted, other);
        }
        try {
            var found = work.run();
            own.complete(found);
            return found;
        } catch (CollateralException e) {
            own.completeExceptionally(e);
            throw e;
        } finally {
            // After a bug nobody may wait for ever.
            own.completeExceptionally(new IllegalStateException("the flight for " + wanted + " crashed"));
            flights.remove(wanted, own);
        }
    }

    /** How many threads wait for the flight of another, for tests to see. */
    int waiting(Collateral wanted) {
        var flight = flights.get(wanted);
        return flight == null ? 0 : flight.getNumberOfDependents();
    }

    private static Found join(Collateral wanted, CompletableFuture<Found> flight) throws CollateralException {
        try {
            return flight.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CollateralException problem) {
                throw problem;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CollateralException(Problem.UNREACHABLE, "interrupted while waiting for " + wanted);
        }
    }
}
