package dev.husk.cli;

import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** The contracts that each party last signed on this machine, so that the next version can be held against them. */
final class AcceptedContracts {
    private final Settings settings;

    AcceptedContracts(Settings settings) {
        this.settings = settings;
    }

    Optional<Contract> last(String name, String party) throws CommandFailed, IOException {
        var kept = Settings.object(file(name, party));
        try {
            return kept.isPresent() ? Optional.of(Contract.parse(kept.get())) : Optional.empty();
        } catch (InvalidContractException e) {
            return Optional.empty(); // of an older schema: the whole contract is shown anyway
        }
    }

    void keep(Contract contract, String party) throws CommandFailed, IOException {
        WholeFile.replace(
                file(contract.name(), party), new String(contract.canonical(), StandardCharsets.UTF_8) + "\n");
    }

    private Path file(String name, String party) {
        return settings.folder().resolve("contracts").resolve(party + "." + name + ".json");
    }
}
