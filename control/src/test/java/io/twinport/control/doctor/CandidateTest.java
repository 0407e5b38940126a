package io.twinport.control.doctor;

import static io.twinport.control.doctor.FakeHost.MAC;
import static io.twinport.control.doctor.FakeHost.NO_FEATURES;
import static io.twinport.control.doctor.FakeHost.WITH_STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.doctor.Candidate.Likelihood;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CandidateTest {

    @TempDir
    Path root;

    private FakeHost machine;

    @BeforeEach
    void beEmpty() {
        machine = new FakeHost(root);
    }

    private Candidate only() {
        List<Candidate> all = Candidate.of(machine.host());
        assertEquals(1, all.size(), all.toString());
        return all.getFirst();
    }

    @Test
    void shouldFindThePairWithOneAddress() {
        machine.pair().nic("0000:07:00.0", "e1000", "ens7", "52:54:00:00:00:07");
        assertTrue(only().isPair());
        assertEquals(Likelihood.CERTAIN, only().likelihood());
        assertEquals(List.of("ens1", "ens5"), Match.sides(List.of(only())).names());
    }

    /** Hidden, or unplugged for a migration. */
    @Test
    void shouldTakeAStandbyThatIsAcknowledgedForCertain() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, WITH_STANDBY);
        assertEquals(Likelihood.CERTAIN, only().likelihood());
        assertEquals(List.of("ens1"), only().sideNames());
    }

    /** Whose address only its driver knows. */
    @Test
    void shouldTakeTheOnlyVirtioDeviceBesideOneThatIsLentForLikely() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES);
        assertEquals(Likelihood.POSSIBLE, only().likelihood());
        machine.lent("0000:05:00.0");
        assertEquals(Likelihood.LIKELY, only().likelihood());
        machine.virtioNic("0000:03:00.0", "ens3", "52:54:00:00:00:03", NO_FEATURES);
        assertEquals(
                List.of(Likelihood.POSSIBLE, Likelihood.POSSIBLE),
                Candidate.of(machine.host()).stream().map(Candidate::likelihood).toList(),
                "either may be");
    }

    /** Of a standby that is lent this user may not be told the address. */
    @Test
    void shouldTakeAPrimaryBesideAStandbyThatIsLentForLikely() {
        machine.nic("0000:05:00.0", "iavf", "ens5", MAC).lent("0000:06:00.0");
        assertEquals(List.of(), Candidate.of(machine.host()), "two that are not virtio's make no pair");
        machine.file("/sys/bus/pci/devices/0000:06:00.0/vendor", "0x1af4");
        assertEquals(Likelihood.LIKELY, only().likelihood());
        assertEquals(List.of("ens5"), only().sideNames());
    }

    /** R2, R8: both kernel interfaces failover have the virtio device. */
    @Test
    void shouldTellTheKernelsFailoverDeviceFromTheSides() {
        machine.kernelFailover();
        assertEquals("ens1", only().failover().orElseThrow().name());
        assertEquals(List.of("ens1nsby", "ens5"), Match.sides(List.of(only())).names());
        assertEquals(
                List.of("ens1", "ens1nsby", "ens5"), Match.all(List.of(only())).names());
    }

    /** They share their permanent address with the device over them, which is to be managed. */
    @Test
    void shouldMatchSidesBelowTheKernelsFailoverDeviceByName() {
        machine.kernelFailover();
        machine.permanent("ens1", "ens1nsby", "ens5");
        assertFalse(Match.sides(List.of(only())).isByMac());
        assertEquals(List.of(MAC), Match.all(List.of(only())).macs());
    }

    @Test
    void shouldMatchByAddressOnlyWhatHasItForGood() {
        machine.pair().permanent("ens1");
        assertFalse(Match.sides(List.of(only())).isByMac());
        machine.permanent("ens5");
        assertTrue(Match.sides(List.of(only())).isByMac());
    }
}
