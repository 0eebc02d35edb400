package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.log.VerifierKey;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private static final String KEY =
            VerifierKey.of("husk.test/log", PartySigner.generate().key().raw()).text();

    @Test
    void aRuntimeListensOnAllAddressesAtOpenWhisksPort() {
        var settings = Settings.parse("--plain");

        assertThat(settings.host()).isEqualTo("0.0.0.0");
        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.attested()).isEmpty();
    }

    @Test
    void gatewayLogKeyAndEvidenceGoTogether() {
        var settings = Settings.parse(
                "--gateway", "http://127.0.0.1:8480", "--log-key", KEY, "--evidence", "simulator:http://127.0.0.1:1");

        assertThat(settings.attested().orElseThrow().evidence().name()).isEqualTo("SIMULATED");
        refused("it needs --log-key", "--gateway", "http://127.0.0.1:8480");
        refused("it needs --evidence", "--gateway", "http://127.0.0.1:8480", "--log-key", KEY);
        refused("must say --plain");
        refused("--plain goes with no gateway", "--plain", "--gateway", "http://127.0.0.1:8480");
    }

    @Test
    void whatCannotBeUsedIsSaid() {
        refused("unknown argument --verify=false", "--verify=false");
        refused("--port needs a value", "--port");
        refused("not a port: 70000", "--plain", "--port", "70000");
        refused("--port stands twice", "--port", "1", "--port", "2");
        refused("an https URL", "--gateway", "ftp://x", "--log-key", KEY, "--evidence", "agent:http://127.0.0.1:1");
        refused("verifier key", "--gateway", "https://x", "--log-key", "x", "--evidence", "agent:http://127.0.0.1:1");
        refused("sev-guest or simulator:URL", "--gateway", "https://x", "--log-key", KEY, "--evidence", "none");
    }

    @Test
    void aTokenCrossesNoNetworkInTheClear() {
        for (var url : new String[] {"http://gateway.example", "http://127.0.0.1.example", "ftp://127.0.0.1"}) {
            refused("an https URL", "--gateway", url, "--log-key", KEY, "--evidence", "agent:http://127.0.0.1:1");
        }
    }

    @Test
    void anAuthorityIsAFileOfCertificates() {
        refused(
                "--gateway-ca: /nonexistent holds no certificates",
                "--gateway",
                "https://gateway.example",
                "--gateway-ca",
                "/nonexistent",
                "--log-key",
                KEY,
                "--evidence",
                "agent:http://127.0.0.1:1");
        refused("--plain goes with no gateway", "--plain", "--gateway-ca", "/nonexistent");
    }

    private static void refused(String why, String... arguments) {
        assertThatThrownBy(() -> Settings.parse(arguments))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
