package dev.husk.gateway;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which addresses are proxies that say truly whom they ask for, in {@code X-Forwarded-For}. What a client wrote there
 * itself stands left of what they add, and is not looked at. Good for limits alone: nothing is allowed by an address.
 */
public final class Proxies {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:]*(:\\d{1,3}(\\.\\d{1,3}){3})?");
    private static final Pattern IPV4_AND_PORT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3}):\\d{1,5}");
    private static final Pattern IPV6_IN_BRACKETS = Pattern.compile("\\[([^\\]]*)](?::\\d{1,5})?");
    private static final int MOST_HOPS = 32;

    private record Network(byte[] address, int bits) {
        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit & 7);
                if ((address[bit >> 3] & mask) != (other[bit >> 3] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    private final List<Network> networks;

    private Proxies(List<Network> networks) {
        this.networks = List.copyOf(networks);
    }

    /**
     * @param text addresses and networks such as {@code 10.0.0.0/8}, with commas between; empty for none
     * @throws IllegalArgumentException naming the first that is neither
     */
    public static Proxies parse(String text) {
        var networks = new ArrayList<Network>();
        if (!text.isBlank()) {
            for (var one : text.split(",", -1)) {
                networks.add(network(one.strip()));
            }
        }
        return new Proxies(networks);
    }

    private static Network network(String text) {
        int slash = text.indexOf('/');
        var address = address(slash < 0 ? text : text.substring(0, slash));
        if (address.isPresent()) {
            int most = address.get().length * 8;
            if (slash < 0) {
                return new Network(address.get(), most);
            }
            var bits = text.substring(slash + 1);
            if (bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= most) {
                return new Network(address.get(), Integer.parseInt(bits));
            }
        }
        throw new IllegalArgumentException("neither an address nor a network: " + text);
    }

    /**
     * The address that a request comes from: the peer's, or where that is a trusted proxy's the last one that no trusted
     * proxy has. Where a proxy wrote something that is no address, it is the proxy's own.
     *
     * @param forwarded the header's lines, in their order
     */
    public String client(String peer, List<String> forwarded) {
        var nearest = peer;
        if (!trusted(peer)) {
            return nearest;
        }
        var hops = String.join(",", forwarded).split(",", -1);
        for (int i = hops.length - 1; i >= Math.max(0, hops.length - MOST_HOPS); i--) {
            var hop = literal(hops[i].strip());
            if (hop.isEmpty()) {
                return nearest;
            }
            nearest = hop.get();
            if (!trusted(nearest)) {
                return nearest;
            }
        }
        return nearest;
    }

    private boolean trusted(String text) {
        if (networks.isEmpty()) {
            return false;
        }
        var address = address(text);
        return address.isPresent() && networks.stream().anyMatch(network -> network.contains(address.get()));
    }

    /** Without a port and brackets, which some proxies write; in one form for each address. */
    private static Optional<String> literal(String hop) {
        var text = hop;
        var port = IPV4_AND_PORT.matcher(text);
        var brackets = IPV6_IN_BRACKETS.matcher(text);
        if (port.matches()) {
            text = port.group(1);
        } else if (brackets.matches()) {
            text = brackets.group(1);
        }
        return parsed(text).map(InetAddress::getHostAddress);
    }

    private static Optional<byte[]> address(String text) {
        return parsed(text).map(InetAddress::getAddress);
    }

    /** Literals alone: nothing is looked up. IPv4 within IPv6 is IPv4. */
    private static Optional<InetAddress> parsed(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
