package dev.husk.snp.guest;

import java.io.IOException;

/** The kernel's {@code tsm/report} folder: a folder in it is one request for a report, its files are attributes. */
interface TsmEntries {
    void create(String entry) throws IOException;

    void write(String entry, String attribute, byte[] value) throws IOException;

    /**
     * The attribute's value; none where the entry has no such attribute.
     *
     * @throws IOException also if the value has more than {@code most} bytes
     */
    byte[] read(String entry, String attribute, int most) throws IOException;

    void remove(String entry) throws IOException;
}
