package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EthDevDpdkTest {
    private static final int BURST = 32;

    private MbufPool pool;
    private final long array = Frames.array(BURST);

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    @BeforeEach
    void createPool() {
        pool = MbufPool.create("frames", 2047);
    }

    @AfterEach
    void findPoolFull() {
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    @Test
    void shouldSayThatThereIsNoSuchDriver() {
        DpdkException e = assertThrows(DpdkException.class, () -> EthDev.probe("net_nonsense0,some=thing"));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("unknown device net_nonsense0: DPDK has no driver of that name"), message);
    }

    @Test
    void shouldSayWhatDriverRefusesAndWhatToDoAboutIt() {
        DpdkException e = assertThrows(DpdkException.class, () -> EthDev.probe("net_af_packet0,iface=nosuch0"));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("rte_dev_probe(net_af_packet0,iface=nosuch0) failed: -" + e.code()), message);
        assertTrue(message.contains("does the interface exist"), message);
    }

    /** DPDK's own count leaves out those that have an owner. */
    @Test
    void shouldCountDevicesWhoeverHasThem() {
        int before = EthDev.count();
        EthDev dev = EthDev.probe("net_null7");
        try {
            assertEquals(before + 1, EthDev.count());
            EthOwner.named("somebody").take(dev);
            assertEquals(before + 1, EthDev.count());
        } finally {
            EthOwner.named("somebody").release(dev);
            dev.remove();
        }
        assertEquals(before, EthDev.count());
    }

    @Test
    void shouldAskForBindingOfPciDevice() {
        DpdkException e = assertThrows(DpdkException.class, () -> EthDev.probe("0000:ff:1f.7"));
        assertTrue(String.valueOf(e.getMessage()).contains("bound to vfio-pci"), e::toString);
    }

    /** A net_ring gives back what it was sent. */
    @Test
    void shouldCountExactlyWhatGoesThrough() throws Exception {
        EthDev dev = start("net_ring0");
        QueueFunctions queue = dev.queue();
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < 1000; i++) {
                Frames.allocate(allocator, array, BURST, (long) i * BURST);
                assertEquals(BURST, Burst.call(queue.txFunction(), queue.txQueue(), array, BURST));
                assertEquals(BURST, Burst.call(queue.rxFunction(), queue.rxQueue(), array, BURST));
                for (int j = 0; j < BURST; j++) {
                    assertEquals(i * BURST + j, Frames.numberOf(Frames.get(array, j)));
                }
                Mbuf.free(array, BURST);
            }
        });
        EthStats stats = dev.stats();
        assertEquals(1000 * BURST, stats.txFrames());
        assertEquals(1000 * BURST, stats.rxFrames());
        assertEquals(0, stats.txErrors());
        assertEquals(0, stats.rxMissed());
        remove(dev);
    }

    @Test
    void shouldLeaveToCallerWhatQueueDoesNotTake() throws Exception {
        EthDev dev = start("net_ring0");
        QueueFunctions queue = dev.queue();
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            long taken = 0;
            int sent;
            do {
                Frames.allocate(allocator, array, BURST, taken);
                sent = Burst.call(queue.txFunction(), queue.txQueue(), array, BURST);
                taken += sent;
                assertTrue(taken < pool.size(), "the ring takes no end of frames");
            } while (sent == BURST);
            Mbuf.free(Frames.from(array, sent), BURST - sent);

            long next = 0;
            for (int n = -1; n != 0; ) {
                n = Burst.call(queue.rxFunction(), queue.rxQueue(), array, BURST);
                for (int i = 0; i < n; i++) {
                    assertEquals(next++, Frames.numberOf(Frames.get(array, i)));
                }
                Mbuf.free(array, n);
            }
            assertEquals(taken, next);
        });
        remove(dev);
    }

    @Test
    void shouldFindFunctionsOfStartedQueue() {
        EthDev dev = start("net_ring0");
        QueueFunctions queue = dev.queue();
        assertNotEquals(0, queue.rxFunction());
        assertNotEquals(0, queue.rxQueue());
        assertNotEquals(0, queue.txFunction());
        assertNotEquals(0, queue.txQueue());
        assertNotEquals(queue.rxFunction(), queue.txFunction());
        assertNotEquals(Burst.NOTHING, queue.rxFunction());
        assertTrue(dev.txDescriptors() > 0);
        dev.stop();
        // Ethdev's own dummies: no protection for whoever polls on, but a sign that the right words were read.
        assertNotEquals(queue.rxFunction(), dev.queue().rxFunction());
        dev.remove();
    }

    @Test
    void shouldProbeAgainWhatWasRemoved() {
        EthDev first = start("net_ring0");
        int port = first.port();
        remove(first);
        EthDev second = start("net_ring0");
        assertEquals(port, second.port());
        assertTrue(second.isLinkUp());
        assertEquals(0, second.stats().txFrames());
        remove(second);
    }

    @Test
    void shouldTakeDeviceThatEalHasProbedAlready() {
        EthDev dev = start("net_ring0");
        assertEquals(dev.port(), EthDev.probe("net_ring0").port());
        remove(dev);
    }

    @Test
    void shouldKnowDriverAndWhetherItRaisesLinkInterrupts() {
        EthDev dev = start("net_null7");
        assertEquals("net_null", dev.driver());
        assertEquals("net_null7", dev.name());
        assertFalse(dev.hasLinkInterrupts());
        assertEquals("net_null7 (port " + dev.port() + ", net_null)", dev.toString());
        assertEquals(1500, dev.mtu());
        remove(dev);
    }

    @Test
    void shouldSetMacAddress() {
        EthDev dev = start("net_null0");
        MacAddress mac = MacAddress.parse("02:00:00:00:12:53");
        dev.setMac(mac);
        assertEquals(mac, dev.mac());
        remove(dev);
    }

    @Test
    void shouldSayWhatCanBeDoneWhereDriverCannotSetMac() {
        EthDev dev = start("net_ring0");
        DpdkException e = assertThrows(DpdkException.class, () -> dev.setMac(MacAddress.parse("02:00:00:00:12:53")));
        String message = String.valueOf(e.getMessage());
        assertTrue(
                message.startsWith("rte_eth_dev_default_mac_addr_set(port=" + dev.port() + " net_ring0) failed: -95"),
                message);
        assertTrue(message.contains("its driver cannot change 00:00:00:00:00:00 to 02:00:00:00:12:53"), message);
        assertTrue(message.contains("take another driver"), message);
        assertFalse(message.contains("mac="), "net_ring knows no such argument: " + message);
        remove(dev);
    }

    private EthDev start(String devargs) {
        EthDev dev = EthDev.probe(devargs);
        dev.configure(pool);
        dev.start();
        return dev;
    }

    private static void remove(EthDev dev) {
        dev.stop();
        dev.remove();
    }
}
