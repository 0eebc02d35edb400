package dev.husk.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AddressesTest {
    @Test
    void anIpv4AddressIsASourceOfItsOwn() {
        assertThat(Addresses.source("10.0.0.1")).isNotEqualTo(Addresses.source("10.0.0.2"));
    }

    @Test
    void allIpv6AddressesOfOneNetworkAreOneSource() {
        assertThat(Addresses.source("2001:db8:0:1::1"))
                .isEqualTo(Addresses.source("2001:db8:0:1:ffff::2"))
                .isNotEqualTo(Addresses.source("2001:db8:0:2::1"));
    }

    @Test
    void anIpv4AddressInIpv6ClothesIsTheIpv4Address() {
        assertThat(Addresses.source("::ffff:10.0.0.1")).isEqualTo("10.0.0.1");
    }
}
