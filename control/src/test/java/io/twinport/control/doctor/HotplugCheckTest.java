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

/** The slots are as Linux 6.12 shows them in QEMU 10. */
class HotplugCheckTest {

    @TempDir
    Path root;

    private FakeHost machine;

    @BeforeEach
    void beEmpty() {
        machine = new FakeHost(root);
    }

    private List<Finding> findings() {
        return new HotplugCheck().findings(machine.host());
    }

    private FakeHost pair() {
        return machine.nic("0000:01:00.0", "e1000e", "eth2", MAC).virtioNic("0000:02:00.0", "eth1", MAC, NO_FEATURES);
    }

    @Test
    void shouldSeeThatThePrimaryCanComeBack() {
        pair().slot("0", "0000:01:00", "1").slot("0-2", "0000:02:00", "1");
        assertEquals(Level.OK, findings().getFirst().level(), findings().toString());
    }

    /** {@code -device e1000e} without {@code bus=}: on the root complex, where nothing can be plugged. */
    @Test
    void shouldWarnOfAPrimaryThatCannotComeBack() {
        pair().slot("0-2", "0000:02:00", "1");
        assertEquals(Level.WARNING, findings().getFirst().level());
        assertTrue(findings().getFirst().fix().contains("pcie-root-port"));
    }

    /** Such a slot is only known by its name. */
    @Test
    void shouldNotTakeANameForASlot() {
        pair().file("/sys/bus/pci/slots/1/address", "0000:01:00");
        assertEquals(Level.WARNING, findings().getFirst().level());
    }

    @Test
    void shouldNotMindAVirtualFunctionOfThisVeryMachine() {
        pair().folder("/sys/bus/pci/devices/0000:01:00.0/physfn");
        assertEquals(List.of(), findings());
    }

    @Test
    void shouldLookForASlotForAHiddenPrimary() {
        machine.virtioNic("0000:02:00.0", "eth1", MAC, WITH_STANDBY).slot("0-2", "0000:02:00", "1");
        assertEquals(Level.WARNING, findings().getFirst().level());
        machine.slot("0", "0000:01:00", "0");
        assertEquals(List.of(), findings());
    }
}
