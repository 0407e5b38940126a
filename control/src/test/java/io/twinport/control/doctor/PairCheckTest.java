package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.doctor.Finding.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairCheckTest {
    private static final String MAC = "52:54:00:12:34:56";
    private static final String NO_FEATURES = "0".repeat(64);
    private static final String WITH_STANDBY = "0".repeat(62) + "10";

    @TempDir
    Path root;

    private FakeHost machine;

    @BeforeEach
    void beEmpty() {
        machine = new FakeHost(root);
    }

    /** R13. */
    @Test
    void shouldFindThePairWithOneAddress() {
        machine.nic("0000:05:00.0", "iavf", "ens5", MAC).virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES);
        Finding pair = findings().getFirst();
        assertEquals(Level.OK, pair.level());
        assertEquals(MAC + ": twinport run --primary 0000:05:00.0 --standby 0000:01:00.0", pair.text());
    }

    @Test
    void shouldRefuseThreeOfOneAddress() {
        machine.nic("0000:05:00.0", "iavf", "ens5", MAC)
                .nic("0000:06:00.0", "iavf", "ens6", MAC)
                .virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES);
        Finding pair = findings().getFirst();
        assertEquals(Level.WARNING, pair.level());
        assertTrue(pair.text().contains("0000:06:00.0 (iavf, ens6, " + MAC + ")"), pair.text());
    }

    /** VFs that the host has given none. */
    @Test
    void shouldMakeNoPairOfDevicesWithoutAnAddress() {
        String none = "00:00:00:00:00:00";
        machine.nic("0000:05:00.0", "iavf", "ens5", none).nic("0000:06:00.0", "iavf", "ens6", none);
        assertEquals(Level.NOTE, findings().getFirst().level());
    }

    @Test
    void shouldSayWhereThereIsNoPair() {
        machine.nic("0000:05:00.0", "iavf", "ens5", MAC);
        assertEquals(Level.NOTE, findings().getFirst().level());
    }

    /** Q8: who acknowledges the bit has the primary plugged in. */
    @Test
    void shouldWarnOfAKernelThatHasThePair() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, WITH_STANDBY);
        Finding standby = findings().getLast();
        assertEquals(Level.WARNING, standby.level());
        assertTrue(standby.fix().contains("--standby-driver twinport"), standby.fix());
    }

    @Test
    void shouldSayThatADeviceDoesNotTell() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES);
        Finding standby = findings().getLast();
        assertEquals("run twinport doctor as root, if you have not", standby.fix());
    }

    private List<Finding> findings() {
        return new PairCheck().findings(machine.host());
    }
}
