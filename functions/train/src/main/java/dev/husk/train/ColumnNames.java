package dev.husk.train;

import java.util.HashSet;
import java.util.List;

/** The names that a dataset's first row gives its columns. They end up in the model file, which others read. */
final class ColumnNames {
    /** Longest name, in characters. */
    static final int LONGEST = 100;

    /** Most columns of a dataset, the label among them. */
    static final int MOST = 4097;

    private ColumnNames() {}

    /** Checks a header row. A name that is a number means that the header is missing, so it is not quoted. */
    static List<String> checkAll(List<String> header, String where) throws UnusableInputException {
        if (header.size() > MOST) {
            throw new UnusableInputException(where + ": more than " + MOST + " columns");
        }
        var seen = new HashSet<String>();
        for (int i = 0; i < header.size(); i++) {
            var column = where + ", header, column " + (i + 1);
            var name = check(header.get(i), column);
            if (Decimal.isDecimal(name)) {
                throw new UnusableInputException(column + ": a number, so the row of column names is missing");
            }
            if (!seen.add(name)) {
                throw new UnusableInputException(column + ": a name that stands twice");
            }
        }
        return List.copyOf(header);
    }

    static String check(String name, String where) throws UnusableInputException {
        if (name.isBlank() || name.length() > LONGEST || name.chars().anyMatch(ColumnNames::isUnprintable)) {
            throw new UnusableInputException(where + ": a column name is 1 to " + LONGEST + " printable characters");
        }
        return name;
    }

    private static boolean isUnprintable(int c) {
        return Character.isISOControl(c) || Character.isSurrogate((char) c) || c == '\u2028' || c == '\u2029';
    }
}
