package dev.husk.cli;

import java.net.URI;

/** Where a server is. Plain HTTP is for this machine alone: a token must not cross a network in the clear. */
final class ServerUrl {
    private ServerUrl() {}

    /**
     * The URL, ending in a slash.
     *
     * @param what how errors call the server
     */
    static URI parse(String url, String what) throws CommandFailed {
        URI uri;
        try {
            uri = URI.create(url.endsWith("/") ? url : url + "/");
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable("'" + url + "' is not a URL");
        }
        var host = uri.getHost();
        boolean loopback = "127.0.0.1".equals(host) || "localhost".equals(host) || "[::1]".equals(host);
        if (host == null || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()) && loopback)) {
            throw CommandFailed.unusable(what + "'s URL must be https (or http on this machine): " + url);
        }
        return uri;
    }
}
