package dev.husk.gateway.log;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.List;
import java.util.Optional;

/** The ledger in transactions of its own: what is read is committed. */
@ApplicationScoped
@Transactional(TxType.REQUIRES_NEW)
public class Storage {
    @Inject
    private Ledger ledger;

    List<byte[]> leaves(long start, long end) {
        return ledger.leaves(start, end);
    }

    /**
     * The entries of [start, end), fewer where the log ends earlier, and durable when this returns. The first is known
     * to be already, unless it is the first of the log.
     */
    List<Ledger.Row> durable(long start, long end) {
        var rows = ledger.rows(start, end);
        if (rows.size() > 1 || start == 0) {
            ledger.flush();
        }
        return rows;
    }

    Optional<String> newestCheckpoint() {
        return ledger.newestCheckpoint();
    }

    void keep(long size, String note) {
        ledger.keep(size, note);
    }

    /** How many events have committed. */
    public long size() {
        return ledger.size();
    }

    public List<Ledger.Entry> entries(String chain) {
        return ledger.entries(chain);
    }
}
