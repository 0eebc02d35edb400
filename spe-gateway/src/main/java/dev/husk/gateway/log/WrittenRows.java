package dev.husk.gateway.log;

import com.google.gson.JsonElement;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.gateway.keys.LastWrites;
import dev.husk.gateway.keys.Secrets;
import dev.husk.protocol.json.Digests;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which event wrote a row last: of what has committed, and of what this transaction has appended. Of the sandboxes, of
 * which every one that ever was is remembered, it holds 72 bytes each at most.
 */
@ApplicationScoped
public class WrittenRows implements View, LastWrites {
    private final Map<String, Long> known = new ConcurrentHashMap<>();
    private final DigestTable sandboxes = new DigestTable();

    @Inject
    private Views views;

    @Inject
    private Ledger ledger;

    @Override
    @Transactional(TxType.MANDATORY)
    public long of(String chain, String row) {
        var wanted = chain + "/" + row;
        long latest = NEVER;
        for (var own : appended()) {
            latest = names(own).contains(wanted) ? own.index() : latest;
        }
        return latest == NEVER ? known.getOrDefault(wanted, NEVER) : latest;
    }

    /** Index of the newest event that wrote a sandbox's row, or {@link #NEVER}. */
    @Transactional(TxType.MANDATORY)
    public long ofSandbox(String id) {
        if (!Digests.isSha256(id)) {
            return NEVER;
        }
        long latest = NEVER;
        for (var own : appended()) {
            latest = sandbox(own).filter(id::equals).isPresent() ? own.index() : latest;
        }
        return latest == NEVER ? sandboxes.get(bytes(id)) : latest;
    }

    private List<LoggedEvent> appended() {
        var own = ledger.transaction().appended();
        if (own.isEmpty()) {
            views.catchUp();
        }
        return own;
    }

    @Override
    @Transactional(TxType.MANDATORY)
    public long next() {
        return ledger.next();
    }

    @Override
    public void take(LoggedEvent event) {
        names(event).forEach(name -> known.put(name, event.index()));
        sandbox(event).ifPresent(id -> sandboxes.put(bytes(id), event.index(), index -> false));
    }

    private static List<String> names(LoggedEvent event) {
        var rows = new ArrayList<String>();
        switch (event.name()) {
            case "key-deposited" -> rows.add(DataKeys.row(event.text("dataset")));
            case "run" -> results(event).forEach(result -> rows.add(DataKeys.row(result)));
            case "invocation-key" -> rows.add("invocation_key/" + event.text("function"));
            case "gateway-recovered", "state-key-renewed" -> {
                rows.add(Secrets.row("hpke"));
                rows.add(Secrets.row("token"));
                rows.add(Secrets.row("ticket"));
            }
            case "recovery-shares-made" -> rows.add("recovery");
            case "recovery-holders-accepted" -> rows.add("recovery/" + event.text("holder"));
            default -> {
                // Writes no row that is named so.
            }
        }
        rows.replaceAll(row -> event.chain() + "/" + row);
        return rows;
    }

    /** The sandbox whose row the event wrote: its binding, its key, what it was narrowed to, its lease. */
    private static Optional<String> sandbox(LoggedEvent event) {
        boolean writes = switch (event.name()) {
            case "sandbox-bound", "sandbox-attested", "lease-ended" -> true;
            case "released" -> event.says("run");
            default -> false;
        };
        return writes ? Optional.of(event.text("sandbox")) : Optional.empty();
    }

    private static byte[] bytes(String digest) {
        return HexFormat.of().parseHex(digest, digest.indexOf(':') + 1, digest.length());
    }

    private static List<String> results(LoggedEvent event) {
        var results = new ArrayList<String>();
        for (JsonElement subject : event.event().getAsJsonObject("statement").getAsJsonArray("subject")) {
            var name = subject.getAsJsonObject().get("name").getAsString();
            if (name.startsWith(event.chain() + "/")) {
                results.add(name.substring(event.chain().length() + 1));
            }
        }
        return results;
    }
}
