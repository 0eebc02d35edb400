package dev.husk.snp.simulator;

import dev.husk.snp.Bytes;
import dev.husk.snp.guest.DerivedKeyRequest;
import dev.husk.snp.guest.DerivedKeyRequest.Field;
import dev.husk.snp.guest.DerivedKeyRequest.RootKey;
import dev.husk.snp.guest.EvidenceSource;
import dev.husk.snp.guest.GuestRequestException;
import dev.husk.snp.guest.SevGuestDevice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;

/** What runs inside the played guest: a request per line of input, an answer per line of output. */
final class GuestProcess {
    private GuestProcess() {}

    public static void main(String[] arguments) throws Exception {
        var pauses = new AtomicInteger();
        var device = SevGuestDevice.of(SevGuestDevice.PATH, time -> pauses.incrementAndGet());
        var in = new BufferedReader(new InputStreamReader(System.in));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            pauses.set(0);
            String answer;
            try {
                answer = "ok " + answer(device, line.split(" "));
            } catch (GuestRequestException e) {
                answer = "refused %s %d %x %x %s"
                        .formatted(e.request(), e.errno(), e.firmwareError(), e.vmmError(), e.getMessage());
            } catch (IOException e) {
                answer = "failed " + e.getMessage();
            }
            System.out.println(pauses.get() + " " + answer);
        }
    }

    private static String answer(SevGuestDevice device, String[] words) throws Exception {
        switch (words[0]) {
            case "report" -> {
                return device.report(Bytes.fromHex(words[1]), Integer.parseInt(words[2]))
                        .toString();
            }
            case "extended" -> {
                var evidence = device.extendedReport(Bytes.fromHex(words[1]), Integer.parseInt(words[2]));
                return evidence.report() + " " + evidence.certificates();
            }
            case "key" -> {
                var fields = EnumSet.noneOf(Field.class);
                Arrays.stream(words[2].split(",")).map(Field::valueOf).forEach(fields::add);
                var request = new DerivedKeyRequest(
                        RootKey.valueOf(words[1]),
                        fields,
                        Integer.parseInt(words[3]),
                        Integer.parseUnsignedInt(words[4]),
                        Long.parseUnsignedLong(words[5], 16));
                try (var key = device.derivedKey(request)) {
                    return HexFormat.of().formatHex(key.copy());
                }
            }
            case "evidence" -> {
                return EvidenceSource.of(words[1]).evidence(HexFormat.of().parseHex(words[2]));
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }
}
