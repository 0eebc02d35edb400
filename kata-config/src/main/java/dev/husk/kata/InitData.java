package dev.husk.kata;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.tomlj.Toml;

/**
 * Initdata: the files that a guest is started with, in one TOML text whose digest is HOST_DATA of every report the
 * guest gives. The digest covers the text as it stands, so a space makes another HOST_DATA.
 */
public final class InitData {
    /** The pod annotation that carries it. */
    public static final String ANNOTATION = "io.katacontainers.config.hypervisor.cc_init_data";

    /** Length of HOST_DATA, in bytes. */
    public static final int HOST_DATA = 32;

    private static final String VERSION = "0.1.0";
    private static final Map<String, String> DIGESTS =
            Map.of("sha256", "SHA-256", "sha384", "SHA-384", "sha512", "SHA-512");
    private static final int MAX_BYTES = 1 << 20;

    private final String text;
    private final String digest;
    private final Map<String, String> files;

    private InitData(String text, String digest, Map<String, String> files) {
        this.text = text;
        this.digest = digest;
        this.files = Map.copyOf(files);
    }

    /** Writes the initdata of a deployment: {@code aa.toml}, {@code cdh.toml} and {@code policy.rego}. */
    public static InitData render(Pinned pinned) {
        var text = "algorithm = \"sha256\"\nversion = \"%s\"\n\n[data]\n".formatted(VERSION)
                + file("aa.toml", filled("aa.toml", pinned))
                + file("cdh.toml", filled("cdh.toml", pinned))
                + file("policy.rego", resource("policy.rego") + pinned.policyData());
        try {
            return parse(text);
        } catch (MalformedInitDataException e) {
            throw new IllegalStateException("the templates are initdata", e);
        }
    }

    /** Reads a file as the guest does: UTF-8, at most 1 MiB. Its digest is that of these very bytes. */
    public static InitData parse(byte[] file) throws MalformedInitDataException {
        if (file.length > MAX_BYTES) {
            throw new MalformedInitDataException("initdata is longer than " + MAX_BYTES + " bytes");
        }
        try {
            return parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(file))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new MalformedInitDataException("initdata is not text in UTF-8");
        }
    }

    /** Reads initdata as the guest does. */
    public static InitData parse(String text) throws MalformedInitDataException {
        var toml = Toml.parse(text);
        if (toml.hasErrors()) {
            throw new MalformedInitDataException(
                    "initdata is not TOML: " + toml.errors().get(0).toString());
        }
        if (!VERSION.equals(toml.get("version"))) {
            throw new MalformedInitDataException("initdata: version is not " + VERSION);
        }
        var digest = toml.get("algorithm") instanceof String name ? DIGESTS.get(name) : null;
        if (digest == null) {
            throw new MalformedInitDataException("initdata: algorithm is none of sha256, sha384, sha512");
        }
        var data = toml.isTable("data") ? toml.getTable("data") : null;
        if (data == null) {
            throw new MalformedInitDataException("initdata: no table named data");
        }
        var files = new TreeMap<String, String>();
        for (var entry : data.entrySet()) {
            if (!(entry.getValue() instanceof String content)) {
                throw new MalformedInitDataException("initdata: " + entry.getKey() + " is no text");
            }
            files.put(entry.getKey(), content);
        }
        return new InitData(text, digest, files);
    }

    /** Reads the value of the pod annotation {@link #ANNOTATION}. */
    public static InitData ofAnnotation(String annotation) throws MalformedInitDataException {
        try (var gzip =
                new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(annotation)))) {
            return parse(gzip.readNBytes(MAX_BYTES + 1));
        } catch (IOException | IllegalArgumentException e) {
            throw new MalformedInitDataException("the annotation is not base64 of gzip");
        }
    }

    /** What HOST_DATA of the guest's reports is: the digest that the text names, its first 32 bytes. */
    public byte[] hostData() {
        try {
            return Arrays.copyOf(
                    MessageDigest.getInstance(digest).digest(text.getBytes(StandardCharsets.UTF_8)), HOST_DATA);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The pod annotation's value: base64 of the gzipped text. */
    public String annotation() {
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(compressed.toByteArray());
    }

    /** The files by name. */
    public Map<String, String> files() {
        return files;
    }

    public String text() {
        return text;
    }

    private static String file(String name, String content) {
        return "%s = '''\n%s'''\n".formatted(Literal.of(name), content);
    }

    private static String filled(String name, Pinned pinned) {
        return resource(name)
                .replace("@gateway@", Literal.of(pinned.gateway().toString()))
                .replace("@certificate@", Literal.of(pinned.certificate()))
                .replace("@image-policy@", Literal.of(pinned.imagePolicy()));
    }

    private static String resource(String name) {
        try (var in = InitData.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("missing from the jar: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
