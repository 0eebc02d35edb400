package dev.husk.cli;

import java.io.IOException;
import java.util.Optional;

/** Where a party's bearer tokens come from: a file, or an issuer that this machine runs. */
interface TokenSource {

    /** A token that is valid now; empty where this source has none for the party. */
    Optional<String> token(String party) throws CommandFailed, IOException;
}
