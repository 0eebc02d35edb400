package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
    private static final Proxies PROXIES = Proxies.parse("10.0.0.0/8, 192.0.2.1,2001:db8::/32");

    @ParameterizedTest(name = "{0} with {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "10.1.2.3         | 203.0.113.5                        | 203.0.113.5",
                "192.0.2.1        | 203.0.113.5                        | 203.0.113.5",
                "2001:db8:0:0:0:0:0:9 | 203.0.113.5                    | 203.0.113.5",
                // Behind several proxies.
                "10.1.2.3         | 203.0.113.5, 10.9.9.9, 192.0.2.1   | 203.0.113.5",
                // What the client wrote is left of what was added.
                "10.1.2.3         | 1.2.3.4, 203.0.113.5               | 203.0.113.5",
                "10.1.2.3         | garbage, 203.0.113.5               | 203.0.113.5",
                // Not a proxy.
                "192.0.2.2        | 203.0.113.5                        | 192.0.2.2",
                "11.0.0.1         | 203.0.113.5                        | 11.0.0.1",
                "2001:db9:0:0:0:0:0:9 | 203.0.113.5                    | 2001:db9:0:0:0:0:0:9",
                // Nobody but proxies.
                "10.1.2.3         | 10.4.5.6                           | 10.4.5.6",
                // With ports, in brackets, and IPv4 within IPv6.
                "10.1.2.3         | 203.0.113.5:4711                   | 203.0.113.5",
                "10.1.2.3         | [2001:db9::1]:443                  | 2001:db9:0:0:0:0:0:1",
                "10.1.2.3         | 2001:db9::1                        | 2001:db9:0:0:0:0:0:1",
                "10.1.2.3         | ::ffff:203.0.113.5                 | 203.0.113.5",
                // No address: the proxy's own counts, or the nearest that a proxy vouches for.
                "10.1.2.3         | unknown                            | 10.1.2.3",
                "10.1.2.3         | 203.0.113.5,                       | 10.1.2.3",
                "10.1.2.3         | 203.0.113.5, localhost             | 10.1.2.3",
                "10.1.2.3         | 203.0.113.5, x, 10.4.5.6           | 10.4.5.6",
                "10.1.2.3         | 999.1.1.1                          | 10.1.2.3",
                "10.1.2.3         | ''                                 | 10.1.2.3"
            })
    void theLastAddressThatNoTrustedProxyHasIsTheClients(String peer, String forwarded, String client) {
        assertThat(PROXIES.client(peer, List.of(forwarded))).isEqualTo(client);
    }

    @Test
    void linesOfTheHeaderFollowEachOther() {
        assertThat(PROXIES.client("10.1.2.3", List.of("203.0.113.5", "10.1.1.1, 10.1.1.2")))
                .isEqualTo("203.0.113.5");
        assertThat(PROXIES.client("10.1.2.3", List.of())).isEqualTo("10.1.2.3");
    }

    @Test
    void withoutTrustedProxiesTheHeaderIsNotLookedAt() {
        assertThat(Proxies.parse(" ").client("127.0.0.1", List.of("203.0.113.5")))
                .isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "10.0.0/8",
                "10.0.0.0/8,",
                "10.0.0.256",
                "2001:db8::/129",
                "2001:db8:::1",
                ":",
                "/8",
                "10.0.0.0/8 10.1.0.0/16",
                "0x0a.0.0.1",
                ".*"
            })
    void whatIsNeitherAddressNorNetworkIsRefused(String text) {
        assertThatThrownBy(() -> Proxies.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("neither an address nor a network: ");
    }

    /** Any header at all gives the peer's address or one that stands in it, and looks nothing up. */
    @Test
    void noHeaderIsTooStrange() {
        var random = new Random(7);
        var signs = "0123456789abcdef.:[],/ %-x\u0000\u00e4";
        for (int i = 0; i < 20_000; i++) {
            var header = random.ints(random.nextInt(60), 0, signs.length())
                    .mapToObj(at -> signs.substring(at, at + 1))
                    .collect(Collectors.joining());
            assertThat(PROXIES.client("10.1.2.3", List.of(header))).matches("[0-9a-f.:]+");
            assertThat(PROXIES.client("192.0.2.2", List.of(header))).isEqualTo("192.0.2.2");
        }
    }
}
