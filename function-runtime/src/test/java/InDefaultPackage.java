import com.google.gson.JsonObject;

/** An action without a package. */
public final class InDefaultPackage {
    private InDefaultPackage() {}

    public static JsonObject main(JsonObject request) {
        return request;
    }
}
