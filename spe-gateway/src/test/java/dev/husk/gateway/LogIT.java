package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.log.EntryBundle;
import dev.husk.protocol.log.Inclusion;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.TileName;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Arrays;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The public log as C2SP tlog-tiles describes it, of a gateway whose log has a whole tile and more. */
@ArquillianTest
@RunAsClient
class LogIT {
    private static PublicLog log;
    private static TestContract heart;
    private static TestSandbox sandbox;

    @Deployment(testable = false)
    static WebArchive nothing() {
        return ServerUnderTest.nothing("public-log.war");
    }

    @BeforeAll
    static void start() throws Exception {
        ServerUnderTest.awaitReady();
        log = new PublicLog(ServerUnderTest.base());
        heart = TestContract.named("tiles").active();
        sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        grow(300);
    }

    /** Each request is an event, whether it is granted or not. */
    private static void grow(long size) throws Exception {
        while (log.checkpoint().size() < size) {
            sandbox.release("tiles", "train", heart.invocation("algo-lab", new JsonObject()));
        }
    }

    @Test
    void theCheckpointIsTextThatIsNotKept() throws Exception {
        var answer = log.get("log/checkpoint");
        assertThat(answer.headers().firstValue("Content-Type").orElse("").replace(" ", ""))
                .isEqualTo("text/plain;charset=utf-8");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void tilesAndBundlesMakeTheRootAndAreKeptForEver() throws Exception {
        var checkpoint = log.checkpoint();
        var leaves = log.leaves(checkpoint);
        var tree = log.tree(checkpoint);
        for (int index : new int[] {0, 255, 256, (int) checkpoint.size() - 1}) {
            assertThat(Inclusion.verify(
                            index,
                            checkpoint.size(),
                            MerkleHash.leaf(leaves.get(index).getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                            tree.inclusion(index, checkpoint.size()),
                            checkpoint.root()))
                    .isTrue();
        }
        for (var path : new String[] {"tile/0/000", "tile/1/000.p/1", "tile/entries/000", "tile/0/001.p/3"}) {
            var answer = log.get("log/" + path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/octet-stream");
            assertThat(answer.headers().allValues("Cache-Control"))
                    .containsExactly("public, max-age=31536000, immutable");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        }
        assertThat(log.file("tile/0/000")).hasSize(8192);
        assertThat(log.file("tile/1/000.p/1")).hasSize(32);
    }

    @Test
    void aPartialTileIsTheBeginningOfTheWholeOne() throws Exception {
        byte[] whole = log.file("tile/0/000");
        for (int width : new int[] {1, 7, 255}) {
            assertThat(log.file("tile/0/000.p/" + width)).isEqualTo(Arrays.copyOf(whole, width * 32));
            var bundle = log.file(new TileName(TileName.ENTRIES, 0, width).path());
            assertThat(EntryBundle.parse(bundle, width)).hasSize(width);
            assertThat(log.file("tile/entries/000")).startsWith(bundle);
        }
    }

    @Test
    void bundlesAreCompressedForWhoTakesIt() throws Exception {
        var answer = log.get("log/tile/entries/000", "Accept-Encoding", "gzip, identity");
        assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(answer.headers().firstValue("Vary")).contains("Accept-Encoding");
        byte[] plain = log.file("tile/entries/000");
        try (var gzip = new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(answer.body()))) {
            assertThat(gzip.readAllBytes()).isEqualTo(plain);
        }
        assertThat(log.get("log/tile/0/000", "Accept-Encoding", "gzip")
                        .headers()
                        .firstValue("Content-Encoding"))
                .isEmpty();
    }

    @Test
    void whoHasATileIsToldSoAndAHeadHasNoBody() throws Exception {
        var tag = log.get("log/tile/0/000").headers().firstValue("ETag").orElseThrow();
        var again = log.get("log/tile/0/000", "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        var head = PublicLog.send(HttpRequest.newBuilder(URI.create(ServerUnderTest.base() + "log/tile/0/000"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Type")).contains("application/octet-stream");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tile/0/999",
                "tile/0/002.p/255",
                "tile/entries/x999/999",
                "tile/1/000",
                "tile/1/000.p/255",
                "tile/2/000.p/1",
                "tile/63/000.p/1",
                "tile/64/000",
                "tile/0/0",
                "tile/0/000.p/256",
                "tile/0/000.p/0",
                "tile/data/000",
                "tile/0/x000/000",
                "tile/",
                "nothing",
            })
    void whatTheLogDoesNotHaveIsNotFound(String path) throws Exception {
        var answer = log.get("log/" + path);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    }
}
