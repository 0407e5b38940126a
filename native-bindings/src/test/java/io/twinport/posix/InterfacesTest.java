package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.dpdk.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterfacesTest {
    private static final String NEAR = "twi" + ProcessHandle.current().pid() % 100_000;
    private static final String FAR = NEAR + "f";
    private static final String NAMESPACE = "twinport-" + NEAR;
    private static final byte[] MAC = {2, 0, 0, 0, 0, 0x77};

    private static void makePair() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "kernel interfaces need root");
        run("ip link add " + NEAR + " type veth peer name " + FAR);
    }

    @AfterEach
    void removeAll() throws Exception {
        ChildJvm.run(Arrays.asList("ip", "link", "delete", NEAR));
        ChildJvm.run(Arrays.asList("ip", "netns", "delete", NAMESPACE));
    }

    private static void run(String command) throws Exception {
        ChildJvm.Result result = ChildJvm.run(Arrays.asList(command.split(" ")));
        assertEquals(0, result.exitCode(), result::toString);
    }

    private static KernelLink link(int index) {
        return Interfaces.link(index).orElseThrow();
    }

    @Test
    void shouldKnowTheLoopbackInterfaceAndNoOther() {
        assertEquals(OptionalInt.of(1), Interfaces.indexOf("lo"));
        assertEquals(OptionalInt.empty(), Interfaces.indexOf("none-such-name"));
        assertEquals(Optional.of("lo"), Interfaces.nameOf(1));
        assertEquals(Optional.empty(), Interfaces.nameOf(Integer.MAX_VALUE));
        assertEquals("lo", link(1).name());
        assertEquals(Optional.empty(), Interfaces.link(Integer.MAX_VALUE));
    }

    /** Whatever it is called, and whoever has its name. */
    @Test
    void shouldSetAnInterfaceByItsNumber() throws Exception {
        makePair();
        int index = Interfaces.indexOf(NEAR).orElseThrow();
        run("ip link set " + NEAR + " name " + NEAR + "x");
        run("ip link add " + NEAR + " type bridge");
        try {
            Interfaces.setMtu(index, 1400);
            Interfaces.setMac(index, MAC);
            Interfaces.setFlags(index, Interfaces.NO_ARP | Interfaces.PROMISCUOUS, true);
            Interfaces.setFlags(index, Interfaces.NO_ARP, false);
            KernelLink link = link(index);
            assertEquals(NEAR + "x", link.name());
            assertEquals(1400, link.mtu());
            assertEquals(0x0200_0000_0077L, link.mac());
            assertTrue(link.hasFlag(Interfaces.PROMISCUOUS));
            assertFalse(link.hasFlag(Interfaces.NO_ARP));
            KernelLink stranger = link(Interfaces.indexOf(NEAR).orElseThrow());
            assertEquals(1500, stranger.mtu());
            assertFalse(stranger.hasFlag(Interfaces.PROMISCUOUS));
            for (boolean on : new boolean[] {true, false}) {
                InterfaceFeatures.set(index, Map.of("rx-gro", on));
                assertEquals(on, InterfaceFeatures.of(index).get("rx-gro"));
            }
        } finally {
            run("ip link delete " + NEAR + "x");
        }
        PosixException e = assertThrows(PosixException.class, () -> Interfaces.setMtu(index, 1500));
        assertEquals(Errno.ENODEV, e.errno());
        assertThrows(PosixException.class, () -> InterfaceFeatures.of(index));
    }

    @Test
    void shouldTellWhatAnInterfaceIsTiedTo() throws Exception {
        makePair();
        int near = Interfaces.indexOf(NEAR).orElseThrow();
        int far = Interfaces.indexOf(FAR).orElseThrow();
        assertEquals("veth", link(near).kind());
        assertEquals(far, link(near).other());
        assertEquals(-1, link(near).otherNamespace());
        run("ip link add " + NEAR + "b type bridge");
        run("ip link set " + NEAR + " master " + NEAR + "b");
        assertEquals(Interfaces.indexOf(NEAR + "b").orElseThrow(), link(near).master());
        run("ip link delete " + NEAR + "b");
        assertEquals(0, link(near).master());
    }

    @Test
    void shouldTellAddressesOfWhatIsOnTop() throws Exception {
        makePair();
        run("ip link set " + NEAR + " up");
        int index = Interfaces.indexOf(NEAR).orElseThrow();
        assertEquals(Set.of(), Interfaces.addressesBeside(index));
        run("ip netns add " + NAMESPACE);
        run("ip link add link " + NEAR + " name mv9 address 02:00:00:00:00:77 type macvlan");
        run("ip link set mv9 netns " + NAMESPACE);
        run("ip -n " + NAMESPACE + " link set mv9 up");
        assertEquals(Set.of(0x0200_0000_0077L), Interfaces.addressesBeside(index), "sysfs does not show it");
        assertEquals(Set.of(), Interfaces.addressesBeside(Integer.MAX_VALUE));
    }

    @Test
    void shouldLookIntoNamespaceOfTheOtherEnd() throws Exception {
        makePair();
        run("ip netns add " + NAMESPACE);
        run("ip link set " + FAR + " netns " + NAMESPACE);
        KernelLink near = link(Interfaces.indexOf(NEAR).orElseThrow());
        assertTrue(near.otherNamespace() >= 0);
        assertEquals(Optional.of(NAMESPACE), NetworkNamespaces.nameOf(near.otherNamespace()));
        assertEquals(Optional.empty(), NetworkNamespaces.nameOf(12_345));
        KernelLink far =
                NetworkNamespaces.link(near.otherNamespace(), near.other()).orElseThrow();
        assertEquals(FAR, far.name());
        Set<String> there = NetworkNamespaces.in(
                NAMESPACE, () -> InterfaceFeatures.of(near.other()).keySet());
        assertTrue(there.contains("tx-checksum-ip-generic"), there::toString);
        assertEquals(OptionalInt.empty(), Interfaces.indexOf(FAR), "this thread has stayed where it was");
        assertThrows(PosixException.class, () -> NetworkNamespaces.in("none-such", () -> ""));
    }

    /** A stranger's interface of its name is none of its business. */
    @Test
    void shouldKnowAnInterfaceOfOursWhereverItIs() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "kernel interfaces need root");
        run("ip netns add " + NAMESPACE);
        TapInterface tap = TapInterface.create(NEAR, 1, 0);
        try {
            int index = Interfaces.indexOf(NEAR).orElseThrow();
            assertEquals(OptionalInt.of(index), tap.index());
            run("ip link set " + NEAR + " netns " + NAMESPACE);
            run("ip link add " + NEAR + " mtu 1450 type veth peer name " + FAR);
            assertEquals(NEAR, tap.name(), "it is called so there");
            assertEquals(OptionalInt.empty(), tap.index());
            PosixException e = assertThrows(PosixException.class, () -> tap.setMtu(1300));
            assertEquals(Errno.ENODEV, e.errno());
            tap.setMac(MAC);
            KernelLink stranger = link(Interfaces.indexOf(NEAR).orElseThrow());
            assertEquals(1450, stranger.mtu());
            assertFalse(stranger.mac() == 0x0200_0000_0077L);
            byte[] there = NetworkNamespaces.in(NAMESPACE, () -> mac(NEAR));
            assertArrayEquals(MAC, there, "it has its address wherever it is");
            run("ip link delete " + NEAR);
            run("ip -n " + NAMESPACE + " link set " + NEAR + " netns "
                    + ProcessHandle.current().pid());
            assertEquals(OptionalInt.of(index), tap.index());
            tap.setMtu(1300);
            assertEquals(1300, link(index).mtu());
            run("ip link delete " + NEAR);
            assertEquals("", tap.name());
            assertEquals(OptionalInt.empty(), tap.index());
            assertEquals(
                    Errno.ENODEV,
                    assertThrows(PosixException.class, () -> tap.setMac(MAC)).errno());
        } finally {
            tap.queues().forEach(TapQueue::close);
        }
    }

    private static byte[] mac(String name) {
        long mac = link(Interfaces.indexOf(name).orElseThrow()).mac();
        byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (mac >>> 8 * (5 - i));
        }
        return bytes;
    }
}
