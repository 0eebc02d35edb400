package dev.husk.kata;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the sandboxes of a deployment are held to. One pod template serves every kind, so the images share a command.
 *
 * @param images {@code registry/repository[:tag]@sha256:digest}
 * @param command the runtime's whole command line
 * @param user uid, gid and only group of the process; not root
 * @param environment variables with their values, such as an image sets
 * @param environmentNames variables whose value is the host's choice; a name that could load code is refused
 * @param gateway where the guest components find the gateway, https
 * @param certificate PEM, of the gateway's certificate authority
 */
public record Pinned(
        List<String> images,
        List<String> command,
        int user,
        Map<String, String> environment,
        Set<String> environmentNames,
        URI gateway,
        String certificate) {
    /** What Kubernetes and OpenWhisk set in every pod of an action, none of which the runtime trusts. */
    public static final Set<String> PLATFORM_NAMES = Set.of(
            "HOSTNAME",
            "KUBERNETES_PORT",
            "KUBERNETES_PORT_443_TCP",
            "KUBERNETES_PORT_443_TCP_ADDR",
            "KUBERNETES_PORT_443_TCP_PORT",
            "KUBERNETES_PORT_443_TCP_PROTO",
            "KUBERNETES_SERVICE_HOST",
            "KUBERNETES_SERVICE_PORT",
            "KUBERNETES_SERVICE_PORT_HTTPS",
            "__OW_ALLOW_CONCURRENT",
            "__OW_API_HOST");

    private static final Pattern IMAGE =
            Pattern.compile("([a-z0-9][a-z0-9._/:-]*/[a-z0-9._-]+)(:[A-Za-z0-9_.-]+)?(@sha256:[0-9a-f]{64})");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern LOADS_CODE = Pattern.compile(
            "LD_.*|PATH|.*_PATH|CLASSPATH|JAVA_.*|_JAVA_.*|JDK_.*|GCONV_.*|GLIBC_.*|MALLOC_.*|OMP_.*|DJL_.*|.*PROXY");

    public Pinned {
        images = List.copyOf(images);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        environmentNames = Set.copyOf(environmentNames);
        require(!images.isEmpty(), "a sandbox runs an image");
        images.forEach(image -> require(IMAGE.matcher(image).matches(), "an image without its digest: " + image));
        require(!command.isEmpty() && command.get(0).startsWith("/"), "a command starts with an absolute path");
        require(user > 0, "a function does not run as root");
        environment.keySet().forEach(name -> require(NAME.matcher(name).matches(), "no variable: " + name));
        environmentNames.forEach(name -> require(
                NAME.matcher(name).matches()
                        && !LOADS_CODE.matcher(name.toUpperCase(Locale.ROOT)).matches(),
                "the host must not choose the value of " + name));
        require("https".equals(gateway.getScheme()), "the gateway's address starts with https");
        require(certificate.startsWith("-----BEGIN CERTIFICATE-----"), "the gateway's certificate is PEM");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** The values that the agent policy refers to. An image counts with its tag and without, as runtimes differ. */
    String policyData() {
        var names = new TreeSet<String>();
        for (var image : images) {
            names.add(image);
            names.add(repository(image) + digest(image));
        }
        var values = new TreeSet<String>();
        new TreeMap<>(environment).forEach((name, value) -> values.add(name + "=" + value));
        return """

                policy_data := {
                	"images": %s,
                	"command": %s,
                	"user": %d,
                	"environment": %s,
                	"environment_names": %s,
                }
                """.formatted(
                        Literal.list(names),
                        Literal.list(command),
                        user,
                        Literal.list(values),
                        Literal.list(new TreeSet<>(environmentNames)));
    }

    /** A containers-policy.json that accepts the images' repositories alone. */
    String imagePolicy() {
        var repositories = new TreeSet<String>();
        images.forEach(image -> repositories.add(repository(image)));
        var accepted = repositories.stream()
                .map(repository -> Literal.of(repository) + ":[{\"type\":\"insecureAcceptAnything\"}]")
                .toList();
        return "{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{" + String.join(",", accepted) + "}}}";
    }

    private static String repository(String image) {
        return part(image, 1);
    }

    private static String digest(String image) {
        return part(image, 3);
    }

    private static String part(String image, int group) {
        var matcher = IMAGE.matcher(image);
        if (!matcher.matches()) {
            throw new IllegalStateException("checked on construction");
        }
        return matcher.group(group);
    }
}
