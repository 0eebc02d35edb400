package dev.husk.local;

import java.net.URI;

/** Where objects lie, and the key pair that addresses of them are signed with. */
interface StoreAccess {
    URI endpoint();

    String accessKey();

    /** A secret. */
    String secretKey();
}
