package dev.husk.gateway;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;

/** Which addresses the gateway asks: {@code https}, or {@code http} that cannot leave this machine. */
public final class SafeAddress {
    private SafeAddress() {}

    public static boolean holds(URI address) {
        var scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        return scheme.equals("https") || scheme.equals("http") && ofThisMachine(String.valueOf(address.getHost()));
    }

    /** Whether the name can mean nothing but this machine; nothing is looked up. */
    public static boolean ofThisMachine(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        if (!host.matches("127(\\.\\d{1,3}){3}|\\[?::1]?")) {
            return false;
        }
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
