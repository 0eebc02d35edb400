package dev.husk.snp.guest;

import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** What clients that talk plain http alone need of TLS: nothing, which the JDK's client must be told. */
public final class PlainHttp {
    private PlainHttp() {}

    /** No handshake succeeds with it, and the machine's authorities are not read for it, which takes longer than a call. */
    public static SSLContext believesNobody() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }
}
