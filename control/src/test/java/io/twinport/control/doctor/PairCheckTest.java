package io.twinport.control.doctor;

import static io.twinport.control.doctor.FakeHost.MAC;
import static io.twinport.control.doctor.FakeHost.NO_FEATURES;
import static io.twinport.control.doctor.FakeHost.WITH_STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.doctor.Finding.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairCheckTest {

    @TempDir
    Path root;

    private FakeHost machine;

    @BeforeEach
    void beEmpty() {
        machine = new FakeHost(root);
    }

    private Finding only() {
        List<Finding> found = new PairCheck().findings(machine.host());
        assertEquals(1, found.size(), found.toString());
        return found.getFirst();
    }

    /** R13. */
    @Test
    void shouldFindThePairWithOneAddress() {
        machine.pair();
        assertEquals(Level.OK, only().level());
        assertEquals(MAC + ": twinport run --primary 0000:05:00.0 --standby 0000:01:00.0", only().text());
    }

    @Test
    void shouldRefuseThreeOfOneAddress() {
        machine.nic("0000:05:00.0", "iavf", "ens5", MAC)
                .nic("0000:06:00.0", "iavf", "ens6", MAC)
                .virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES);
        assertEquals(Level.WARNING, only().level());
        assertTrue(only().text().contains("0000:06:00.0 (iavf, ens6, " + MAC + ")"), only().text());
    }

    /** VFs that the host has given none. */
    @Test
    void shouldMakeNoPairOfDevicesWithoutAnAddress() {
        String none = "00:00:00:00:00:00";
        machine.nic("0000:05:00.0", "iavf", "ens5", none).nic("0000:06:00.0", "iavf", "ens6", none);
        assertEquals(Level.NOTE, only().level());
    }

    @Test
    void shouldSayWhereThereIsNoPair() {
        machine.nic("0000:05:00.0", "iavf", "ens5", MAC);
        assertEquals(Level.NOTE, only().level());
        assertTrue(only().text().startsWith("no two devices"), only().text());
    }

    @Test
    void shouldSayThatAStandbyIsAlone() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, WITH_STANDBY);
        assertEquals(Level.NOTE, only().level());
        assertTrue(only().text().contains("is the standby of a primary that is not here"), only().text());
        assertEquals("twinport run --primary auto --standby 0000:01:00.0", only().fix());
    }

    @Test
    void shouldNameTheLentDeviceThatMayBeTheOtherSide() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES).lent("0000:05:00.0");
        assertTrue(only().text().contains("may be a pair with 0000:05:00.0, which is lent"), only().text());
    }

    /** Its standby has no PCI address. */
    @Test
    void shouldSayThatItCannotHaveAPairOfHyperV() {
        machine.nic("0001:00:02.0", "mlx5_core", "enP1s1", MAC)
                .vmbus("eth0", MAC)
                .master("enP1s1", "eth0");
        assertEquals(Level.WARNING, only().level());
        assertTrue(only().text().contains("twinport cannot use it"), only().text());
        assertTrue(only().fix().contains("eth0 does the failover by itself"), only().fix());
    }

    @Test
    void shouldSeeTheSecondPortOfAFunction() {
        machine.nic("0000:05:00.0", "mlx4_core", "ens5", "52:54:00:00:00:05")
                .secondInterface("0000:05:00.0", "ens5d1", MAC)
                .virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES);
        assertEquals(Level.WARNING, only().level());
        assertTrue(only().text().contains("and of the second port of 0000:05:00.0"), only().text());
        assertTrue(only().fix().contains("the first port, ens5"), only().fix());
    }

    @Test
    void shouldRefuseBothInOneSlot() {
        machine.nic("0000:05:00.1", "iavf", "ens5", MAC).virtioNic("0000:05:00.0", "ens1", MAC, NO_FEATURES);
        assertEquals(Level.WARNING, only().level());
        assertTrue(only().text().contains("are in one slot"), only().text());
    }
}
