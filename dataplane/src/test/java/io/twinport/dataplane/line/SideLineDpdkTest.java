package io.twinport.dataplane.line;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.virtqueue.QueueFormat;
import io.twinport.dataplane.warmup.VirtioMirror;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.FaultLine;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SideLineDpdkTest {
    private static final int BURST = 32;
    private static final AtomicInteger SEEN = new AtomicInteger();

    private static final FunctionDescriptor RECEIVE = FunctionDescriptor.of(
            ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_LONG);
    private static final FunctionDescriptor TRANSMIT = FunctionDescriptor.of(
            ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_LONG);

    private MbufPool pool;
    private EthDev dev;
    private final long array = Frames.array(BURST);
    private final long scratch = Arena.global().allocate(Long.BYTES, Long.BYTES).address();

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("line", 1023);
        dev = EthDev.probe("net_ring0");
        dev.configure(pool);
        dev.start();
    }

    @AfterEach
    void end() {
        dev.stop();
        dev.remove();
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    @Test
    void shouldBeSilentWithoutDevice() throws Exception {
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            Frames.allocate(allocator, array, BURST, 0);
            assertEquals(0, SideLine.transmit(SideLine.NOTHING, array, BURST));
            Mbuf.free(array, BURST);
            assertEquals(0, SideLine.receive(SideLine.NOTHING, array, BURST));
            assertFalse(SideLine.isLinkUp(SideLine.NOTHING, scratch));
        });
    }

    @Test
    void shouldBelieveReportOfDeviceWithoutInterrupts() {
        long line = TestLines.of(dev);
        assertEquals(0, line % SideLine.LENGTH);
        assertEquals(dev.txDescriptors(), SideLine.txRing(line));
        assertTrue(dev.isLinkUp());
        assertFalse(SideLine.isLinkUp(line, scratch), "up only when it has been reported");
        SideLine.reportLink(line, true);
        assertTrue(SideLine.isLinkUp(line, scratch));
        SideLine.reportLink(line, false);
        assertFalse(SideLine.isLinkUp(line, scratch));
    }

    /** An upcall may come between the start of a device and the writing of its line. */
    @Test
    void shouldKeepFaultThatWasRaisedBeforeTheLineIsWritten() {
        long line = SideLineSetup.allocate();
        for (int fault : new int[] {FaultLine.RECOVERING, FaultLine.RESET, FaultLine.REMOVED}) {
            UnsafeApi.getAndBitwiseOrInt(null, SideLine.faultWord(line), fault);
            SideLineSetup.write(line, dev, 0);
            SideLine.reportLink(line, true);
            assertFalse(SideLine.isLinkUp(line, scratch));
            SideLine.forgetFaults(line);
            SideLineSetup.write(line, dev, 0);
            SideLine.reportLink(line, true);
            assertTrue(SideLine.isLinkUp(line, scratch), "started anew");
        }
    }

    @ParameterizedTest
    @EnumSource(QueueFormat.class)
    void shouldGoOnWithOwnDriversQueuesWhenLinkIsReported(QueueFormat format) throws Exception {
        EalWorker.run(() -> {
            try (VirtioMirror mirror = new VirtioMirror(format, pool)) {
                long line = mirror.line();
                MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
                SideLine.enter(line);
                for (boolean up : new boolean[] {true, false, true}) {
                    SideLine.reportLink(line, up);
                    assertEquals(up, SideLine.isLinkUp(line, scratch));
                    Frames.allocate(allocator, array, BURST, 0);
                    assertEquals(BURST, SideLine.transmit(line, array, BURST));
                    mirror.turn();
                    int received = SideLine.receive(line, array, BURST);
                    assertTrue(received > 0);
                    Mbuf.free(array, received);
                }
            }
        });
    }

    /** Capture and latency statistics hang on a queue's callbacks: bursts that passed them by would blind them. */
    @Test
    void shouldRunCallbacksFromWhenTheyAreAddedUntilTheyAreRemoved() throws Exception {
        long line = TestLines.of(dev);
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            assertEquals(0, seenIn(line, allocator));
            MemorySegment callback = add("rte_eth_add_rx_callback", "onReceive", RECEIVE);
            assertEquals(BURST, seenIn(line, allocator));
            MemorySegment other = add("rte_eth_add_tx_callback", "onTransmit", TRANSMIT);
            assertEquals(2 * BURST, seenIn(line, allocator));
            remove("rte_eth_remove_rx_callback", callback);
            assertEquals(BURST, seenIn(line, allocator));
            remove("rte_eth_remove_tx_callback", other);
            assertEquals(0, seenIn(line, allocator));
        });
    }

    /** Sends a burst and receives it again; how many frames the callbacks have seen. */
    private int seenIn(long line, MbufAllocator allocator) {
        SEEN.set(0);
        Frames.allocate(allocator, array, BURST, 0);
        assertEquals(BURST, SideLine.transmit(line, array, BURST));
        assertEquals(BURST, SideLine.receive(line, array, BURST));
        Mbuf.free(array, BURST);
        return SEEN.get();
    }

    @SuppressWarnings("unused") // called by DPDK
    private static short onReceive(short port, short queue, long packets, short count, short size, long unused) {
        SEEN.addAndGet(count);
        return count;
    }

    @SuppressWarnings("unused") // called by DPDK
    private static short onTransmit(short port, short queue, long packets, short count, long unused) {
        SEEN.addAndGet(count);
        return count;
    }

    private MemorySegment add(String function, String method, FunctionDescriptor type) {
        MethodType java = type.toMethodType();
        try {
            MethodHandle target = MethodHandles.lookup().findStatic(SideLineDpdkTest.class, method, java);
            MemorySegment stub = Linker.nativeLinker().upcallStub(target, type, Arena.global());
            MethodHandle add = handle(
                    function,
                    FunctionDescriptor.of(
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_SHORT,
                            ValueLayout.JAVA_SHORT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG));
            MemorySegment callback = (MemorySegment) add.invokeExact((short) dev.port(), (short) 0, stub, 0L);
            assertNotEquals(0, callback.address());
            return callback;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private void remove(String function, MemorySegment callback) {
        MethodHandle remove = handle(
                function,
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_SHORT, ValueLayout.JAVA_SHORT, ValueLayout.ADDRESS));
        try {
            assertEquals(0, (int) remove.invokeExact((short) dev.port(), (short) 0, callback));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** The bindings have loaded the library, in the class loader that this class has too. */
    private static MethodHandle handle(String function, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(SymbolLookup.loaderLookup().findOrThrow(function), type);
    }
}
