package dev.husk.cli;

import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.EntryBundle;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.TileName;
import dev.husk.protocol.log.Tiles;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The files of the gateway's public log (C2SP {@code tlog-tiles}), unchecked. */
final class LogFiles implements Tiles<CommandFailed> {
    private static final String PREFIX = "log/";

    private final GatewayClient gateway;

    LogFiles(GatewayClient gateway) {
        this.gateway = gateway;
    }

    Checkpoint checkpoint() throws CommandFailed {
        return checkpoint(gateway.text(PREFIX + "checkpoint"));
    }

    static Checkpoint checkpoint(String text) throws CommandFailed {
        try {
            return Checkpoint.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unreachable("the gateway's checkpoint cannot be read: " + e.getMessage());
        }
    }

    @Override
    public byte[] read(TileName tile) throws CommandFailed {
        var file = gateway.file(PREFIX + tile.path());
        if (file.isEmpty() && !tile.isWhole()) {
            // A log may drop a partial tile once it has the whole one.
            file = gateway.file(PREFIX + tile.whole().path())
                    .filter(whole -> whole.length == TileName.WIDTH * MerkleHash.SIZE)
                    .map(whole -> Arrays.copyOf(whole, tile.width() * MerkleHash.SIZE));
        }
        return file.orElseThrow(() -> CommandFailed.unreachable("the gateway's log has no " + tile.path()));
    }

    /**
     * Entries from index {@code start} to {@code end} in their order, fewer where the log does not have them.
     *
     * @throws UnreadableLogException naming the first bundle that is none
     */
    void entries(long start, long end, Consumer<byte[]> entries) throws CommandFailed, UnreadableLogException {
        for (long next = start; next < end; ) {
            long first = next - next % TileName.WIDTH;
            int width = (int) Math.min(TileName.WIDTH, end - first);
            var bundle = bundle(new TileName(TileName.ENTRIES, first / TileName.WIDTH, width));
            if (bundle.isEmpty()) {
                break;
            }
            bundle.get().subList((int) (next - first), width).forEach(entries);
            next = first + width;
        }
    }

    private Optional<List<byte[]>> bundle(TileName name) throws CommandFailed, UnreadableLogException {
        try {
            var file = gateway.file(PREFIX + name.path());
            if (file.isPresent()) {
                return Optional.of(EntryBundle.parse(file.get(), name.width()));
            }
            var whole =
                    name.isWhole() ? file : gateway.file(PREFIX + name.whole().path());
            return whole.isEmpty() ? Optional.empty() : Optional.of(EntryBundle.parse(whole.get(), TileName.WIDTH));
        } catch (MalformedLogException e) {
            throw new UnreadableLogException("the gateway's " + name.path() + " cannot be read: " + e.getMessage());
        }
    }
}
