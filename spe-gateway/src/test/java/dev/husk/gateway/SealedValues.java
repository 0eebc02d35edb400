package dev.husk.gateway;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Every sealed value of a database, as the database itself has them. */
final class SealedValues {
    private SealedValues() {}

    /** The columns that are named so, each as {@code table.column}. */
    private static List<String> columns(Connection database) throws Exception {
        var columns = new ArrayList<String>();
        try (var statement = database.createStatement();
                var rows =
                        statement.executeQuery("select table_name || '.' || column_name from information_schema.columns"
                                + " where column_name like 'sealed%' and table_schema = 'public' order by 1")) {
            while (rows.next()) {
                columns.add(rows.getString(1));
            }
        }
        return columns;
    }

    /** The values by column, in hexadecimal. */
    static Map<String, Set<String>> of(String name) throws Exception {
        var values = new TreeMap<String, Set<String>>();
        try (var database = ServerUnderTest.backing().connect(name)) {
            for (var column : columns(database)) {
                int dot = column.indexOf('.');
                var all = new HashSet<String>();
                try (var statement = database.createStatement();
                        var rows = statement.executeQuery("select " + column.substring(dot + 1) + " from "
                                + column.substring(0, dot) + " where length(" + column.substring(dot + 1) + ") > 0")) {
                    while (rows.next()) {
                        all.add(HexFormat.of().formatHex(rows.getBytes(1)));
                    }
                }
                values.put(column, all);
            }
        }
        return values;
    }
}
