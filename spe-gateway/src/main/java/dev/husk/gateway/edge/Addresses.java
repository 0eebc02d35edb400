package dev.husk.gateway.edge;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;

/** What counts as one source of requests. */
final class Addresses {
    private Addresses() {}

    /** The address; of IPv6 the network of 64 bits, since one machine has all addresses in it. */
    static String source(String address) {
        if (!address.contains(":")) {
            return address;
        }
        try {
            var parsed = InetAddress.getByName(address); // a literal: nothing is looked up
            return parsed instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), 8))
                    : parsed.getHostAddress();
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
