package dev.husk.store.minio;

import dev.husk.store.minio.StoreException.Problem;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.InvalidResponseException;
import io.minio.errors.MinioException;
import io.minio.errors.ServerException;
import io.minio.errors.XmlParserException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Waits for the client's answers, and says in one line why there is none. */
final class Answers {
    private static final int LONGEST_DETAIL = 200;
    private static final int INSUFFICIENT_STORAGE = 507;

    private Answers() {}

    /** @param object the location, or what else the request is about */
    static <T> T await(CompletableFuture<T> answer, Object object) throws IOException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(object + ": interrupted while waiting for the store");
        } catch (ExecutionException e) {
            throw failure(e, object);
        }
    }

    static IOException failure(Throwable thrown, Object object) {
        var cause = thrown;
        while ((cause instanceof ExecutionException
                        || cause instanceof CompletionException
                        || cause instanceof UncheckedIOException
                        || cause.getClass() == MinioException.class)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof StoreException e) {
            return e;
        }
        if (cause instanceof ErrorResponseException e) {
            var code = String.valueOf(e.errorResponse().code());
            var message = String.valueOf(e.errorResponse().message());
            var problem = e.response().code() == INSUFFICIENT_STORAGE ? Problem.FULL : problem(code);
            return exception(object, problem, problem == Problem.FAILED ? code + ": " + message : "");
        }
        if (cause instanceof ServerException e) {
            return exception(
                    object,
                    e.statusCode() == INSUFFICIENT_STORAGE ? Problem.FULL : Problem.FAILED,
                    "status " + e.statusCode());
        }
        if (cause instanceof InvalidResponseException || cause instanceof XmlParserException) {
            return exception(object, Problem.NO_STORE, "");
        }
        if (cause instanceof IOException) {
            return exception(object, Problem.NO_ANSWER, String.valueOf(cause.getMessage()));
        }
        return exception(object, Problem.FAILED, String.valueOf(cause.getMessage()));
    }

    private static Problem problem(String code) {
        return switch (code) {
            case "NoSuchKey", "NoSuchVersion" -> Problem.NO_SUCH_OBJECT;
            case "NoSuchBucket" -> Problem.NO_SUCH_BUCKET;
            case "AccessDenied", "SignatureDoesNotMatch", "InvalidAccessKeyId", "AllAccessDisabled", "AccountProblem" ->
                Problem.ACCESS_DENIED;
            case "RequestTimeTooSkewed" -> Problem.CLOCK_WRONG;
            case "PreconditionFailed", "InvalidRange" -> Problem.CHANGED;
            case "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded" -> Problem.FULL;
            case "EntityTooLarge" -> Problem.TOO_LARGE;
            default -> Problem.FAILED;
        };
    }

    private static StoreException exception(Object object, Problem problem, String detail) {
        var line = detail.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
        return new StoreException(
                object.toString(),
                problem,
                line.length() <= LONGEST_DETAIL ? line : line.substring(0, LONGEST_DETAIL) + "...");
    }
}
