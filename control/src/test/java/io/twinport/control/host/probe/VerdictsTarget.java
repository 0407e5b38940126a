package io.twinport.control.host.probe;

import io.twinport.control.fuzz.Draw;
import io.twinport.control.fuzz.FuzzTarget;
import io.twinport.control.fuzz.ScratchFile;
import io.twinport.control.host.NicId;
import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.NicVerdicts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Files of verdicts: what is read says of each NIC what there is to say, and never that a macvlan needs a filter. */
public final class VerdictsTarget implements FuzzTarget {
    private static final List<String> DRIVERS = List.of("igb", "ice", "");
    private static final List<String> HOLDERS = List.of("bridge", "filter", "macvlan", "pf", "tap");
    private static final List<String> WORDS = List.of(
            "\"unmoved\"",
            "\"make-before-break\"",
            "\"early-steal\"",
            "\"late\"",
            "\"duplicate\"",
            "\"nowhere\"",
            "\"restored\"",
            "null",
            "7",
            "{}",
            "[");

    private final ScratchFile file = ScratchFile.create("nics.json");

    public VerdictsTarget() throws IOException {}

    @Override
    public List<byte[]> seeds() {
        return List.of("""
                { "version": 1,
                  "verdicts": [
                    { "nic": { "pci": "8086:10c9", "driver": "igb", "firmware": "" },
                      "verdicts": { "bridge": "early-steal", "filter": "duplicate", "macvlan": "duplicate" },
                      "use": "filter", "duplicates": true, "measured": "2026-01-31T12:00:00Z" } ] }
                """.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<byte[]> draw(Random random) {
        Draw draw = new Draw(random);
        StringBuilder text = new StringBuilder("{\"version\":" + (draw.once(9) ? "2" : "1") + ",\"verdicts\":[");
        for (int i = draw.upTo(3); i >= 0; i--) {
            text.append("{\"nic\":{\"pci\":\"8086:10c9\",\"driver\":\"" + draw.of(DRIVERS) + "\""
                    + (draw.once(9) ? "" : ",\"firmware\":\"\"") + "},\"verdicts\":{");
            for (int j = draw.upTo(3); j >= 0; j--) {
                text.append("\"" + draw.of(HOLDERS) + "\":" + draw.of(WORDS) + (j == 0 ? "" : ","));
            }
            text.append("},\"use\":" + (draw.once(3) ? "null" : "\"" + draw.of(HOLDERS) + "\"")
                    + ",\"measured\":\"2026-01-31T12:00:00" + (draw.once(9) ? "" : "Z") + "\"}" + (i == 0 ? "" : ","));
        }
        return Optional.of(text.append("]}").toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void read(byte[] input) throws IOException {
        NicVerdicts nics = VerdictFile.known(file.with(input));
        for (String driver : DRIVERS) {
            NicId nic = new NicId("8086:10c9", driver, "");
            if (nics.behindMacvlan(nic) == NicVerdict.EARLY
                    || driver.equals("igb") && nics.behindBridge(nic) == NicVerdict.UNKNOWN) {
                throw new AssertionError(nic + ": " + nics.behindBridge(nic) + ", " + nics.behindMacvlan(nic));
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
