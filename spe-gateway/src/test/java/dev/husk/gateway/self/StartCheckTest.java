package dev.husk.gateway.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartCheckTest {
    private static final Map<String, String> GOOD = Map.ofEntries(
            Map.entry("HUSK_HTTP_PORT", "8480"),
            Map.entry("HUSK_DB_HOST", "127.0.0.1"),
            Map.entry("HUSK_DB_PORT", "5432"),
            Map.entry("HUSK_DB_NAME", "husk"),
            Map.entry("HUSK_DB_USER", "husk"),
            Map.entry("HUSK_DB_PASSWORD", "secret"),
            Map.entry("HUSK_DB_SSLMODE", "disable"),
            Map.entry("HUSK_STATE_KEY_SOURCE", "snp:/state.key"),
            Map.entry("HUSK_EVIDENCE", "auto"),
            Map.entry("HUSK_ISSUER", "https://issuer.example"),
            Map.entry("HUSK_JWKS", "/jwks.json"),
            Map.entry("HUSK_S3_ENDPOINT", "https://store.example"),
            Map.entry("HUSK_S3_ACCESS_KEY", "a"),
            Map.entry("HUSK_S3_SECRET_KEY", "s"),
            Map.entry("HUSK_LOG_ORIGIN", "husk.example/log"),
            Map.entry("HUSK_LTPA_PASSWORD", "x"));

    @Test
    void aWholeAndSafeConfigurationHasNoProblems() {
        assertThat(problems(Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HUSK_HTTP_PORT",
                "HUSK_DB_HOST",
                "HUSK_DB_PORT",
                "HUSK_DB_NAME",
                "HUSK_DB_USER",
                "HUSK_DB_PASSWORD",
                "HUSK_STATE_KEY_SOURCE",
                "HUSK_EVIDENCE",
                "HUSK_ISSUER",
                "HUSK_S3_ENDPOINT",
                "HUSK_S3_ACCESS_KEY",
                "HUSK_S3_SECRET_KEY",
                "HUSK_LOG_ORIGIN",
                "HUSK_LTPA_PASSWORD"
            })
    void aMissingValueIsNamed(String name) {
        assertThat(problems(Map.of(name, ""))).containsExactly(name + " is not set");
    }

    @ParameterizedTest(name = "{0}={1}: {2}")
    @CsvSource(
            delimiter = ';',
            value = {
                "HUSK_JWKS_URL;ldap://issuer.example/keys;HUSK_JWKS_URL must be https, or http on this machine",
                "HUSK_ISSUER_CA;/nowhere/ca.pem;HUSK_ISSUER_CA: /nowhere/ca.pem cannot be read",
                "HUSK_PEER_CA;/nowhere/ca.pem;HUSK_PEER_CA: /nowhere/ca.pem cannot be read",
                "HUSK_JWKS_URL;http://issuer.example/keys;HUSK_JWKS_URL must be https, or http on this machine",
                "HUSK_JWKS_URL;http://127.0.0.1.example/keys;HUSK_JWKS_URL must be https, or http on this machine",
                "HUSK_S3_ENDPOINT;http://store.example;HUSK_S3_ENDPOINT must be https, or http on this machine",
                "HUSK_S3_ENDPOINT;file:///store;HUSK_S3_ENDPOINT must be https, or http on this machine",
                "HUSK_DB_HOST;db.example;HUSK_DB_SSLMODE must be verify-full: HUSK_DB_HOST is not this machine",
                "HUSK_DB_HOST;127.example;HUSK_DB_SSLMODE must be verify-full: HUSK_DB_HOST is not this machine",
                "HUSK_DB_SSLMODE;require;'HUSK_DB_SSLMODE must be verify-full, or disable for a database on this machine'",
                "HUSK_DB_SSLMODE;verify-full;HUSK_DB_CA is not set: verify-full needs the certificates to verify with",
                "HUSK_HOST;0.0.0.0;HUSK_HOST is not this machine: that needs HUSK_TLS=on",
                "HUSK_HOST;::;HUSK_HOST is not this machine: that needs HUSK_TLS=on",
                "HUSK_TLS;yes;HUSK_TLS must be on or off",
                "HUSK_STATE_KEY_SOURCE;file:/k;'HUSK_STATE_KEY_SOURCE is a file, which whoever runs this machine can read: that is for gateways whose HUSK_EVIDENCE is simulator:. Others take snp:PATH or peer:URL'",
                "HUSK_SIMULATED_PEERS;yes;HUSK_SIMULATED_PEERS must not be yes where HUSK_STATE_KEY_SOURCE is snp: the processor's state key is not for simulated machines",
                "HUSK_LIMIT_PARTY;0;HUSK_LIMIT_PARTY must be a whole number from 1",
                "HUSK_LIMIT_PARTY;many;HUSK_LIMIT_PARTY must be a whole number from 1",
            })
    void whatIsUnsafeIsRefusedInOneLine(String name, String value, String problem) {
        assertThat(problems(Map.of(name, value))).containsExactly(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000", "HTTPS://store"})
    void plainHttpIsForThisMachine(String endpoint) {
        assertThat(problems(Map.of("HUSK_S3_ENDPOINT", endpoint))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://issuer.example/realm", "http://127.0.0.1:8080"})
    void anIssuerThatCanBeAskedNeedsNoOtherAddress(String issuer) {
        assertThat(problems(Map.of("HUSK_JWKS", "", "HUSK_ISSUER", issuer))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://issuer.example", "hospital", "file:///issuer"})
    void anIssuerThatCannotBeAskedNeedsItsKeysNamed(String issuer) {
        assertThat(problems(Map.of("HUSK_JWKS", "", "HUSK_ISSUER", issuer)))
                .containsExactly(
                        "HUSK_JWKS or HUSK_JWKS_URL must be set: HUSK_ISSUER is not https, or http on this machine");
    }

    @Test
    void authoritiesThatAreNoCertificatesForbidTheStart(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("ca.pem"), "no certificate");
        assertThat(problems(Map.of("HUSK_ISSUER_CA", file.toString())))
                .containsExactly("HUSK_ISSUER_CA: " + file + " holds no certificates in PEM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "agent:http://127.0.0.1:8006", "configfs-tsm", "sev-guest", "sev-guest:/dev/x"})
    void aStateKeyInAFileIsForSimulatedGatewaysAlone(String evidence) {
        var file = Map.of("HUSK_STATE_KEY_SOURCE", "", "HUSK_STATE_KEY_FILE", "/state.key");
        var genuine = new LinkedHashMap<>(file);
        genuine.put("HUSK_EVIDENCE", evidence);
        assertThat(problems(genuine)).singleElement().asString().contains("HUSK_STATE_KEY_SOURCE is a file");
        var simulated = new LinkedHashMap<>(file);
        simulated.put("HUSK_EVIDENCE", "simulator:http://127.0.0.1:1");
        simulated.put("HUSK_SIMULATED_PEERS", "yes");
        assertThat(problems(simulated)).isEmpty();
    }

    @Test
    void tlsNeedsItsFilesAndPort() {
        assertThat(problems(Map.of("HUSK_TLS", "on", "HUSK_HOST", "0.0.0.0")))
                .containsExactly(
                        "HUSK_HTTPS_PORT is not set: HUSK_TLS needs it",
                        "HUSK_TLS_CERTIFICATE is not set: HUSK_TLS needs it",
                        "HUSK_TLS_KEY is not set: HUSK_TLS needs it");
        assertThat(problems(Map.of(
                        "HUSK_TLS", "on",
                        "HUSK_HOST", "0.0.0.0",
                        "HUSK_HTTPS_PORT", "443",
                        "HUSK_TLS_CERTIFICATE", "/c",
                        "HUSK_TLS_KEY", "/k")))
                .isEmpty();
    }

    @Test
    void aDatabaseElsewhereIsVerified() {
        assertThat(problems(Map.of(
                        "HUSK_DB_HOST", "db.example", "HUSK_DB_SSLMODE", "verify-full", "HUSK_DB_CA", "/ca.pem")))
                .isEmpty();
    }

    @Test
    void whatLooksLikeASettingAndIsNoneIsNamed() {
        assertThat(StartCheck.unknown(List.of("HUSK_EVIDENCE", "HUSK_EVIDENSE", "PATH", "HUSK")))
                .containsExactly("HUSK_EVIDENSE");
    }

    private static List<String> problems(Map<String, String> change) {
        var settings = new LinkedHashMap<>(GOOD);
        settings.putAll(change);
        return new StartCheck(new MapConfig(settings)).problems();
    }
}
