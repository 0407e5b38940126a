package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.failover.ReceiveSettings.Mode;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TestLines;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import io.twinport.dpdk.testing.VirtioWire;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Test T, on drivers with rings of their own (virtio-user over vhost-user) and in real time: the standby's ring is
 * filled, the port switches, and nothing older than the look-back comes out.
 */
class LookBackDpdkTest {
    private static final Duration LOOKBACK = Duration.ofMillis(10);

    /** Longer than the look-back by far. */
    private static final int PAST_MILLIS = 30;

    /** A machine that is busy with something else now and then makes a frame of the last moment old. */
    private static final int ATTEMPTS = 50;

    private static final long ONE = Frames.UNICAST;

    @TempDir
    Path folder;

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    /** U2: the loop has polled, and the frames of the past are gone; those of the last moment are delivered. */
    @Test
    void shouldDeliverTheLastMomentOfTheIdleSideAndNothingOlder() throws Exception {
        with(rig -> {
            List<Long> young = RingedPort.numbers(ONE + 1000, 20);
            List<Long> got = List.of();
            int attempts = 0;
            while (!got.equals(young) && attempts++ < ATTEMPTS) {
                rig.decide(FailoverPolicy.FORCED_PRIMARY);
                rig.receiveFor(PAST_MILLIS);
                assertEquals(100, rig.sendToStandby(100, ONE));
                assertEquals(List.of(), rig.receiveFor(PAST_MILLIS));
                assertEquals(20, rig.sendToStandby(20, ONE + 1000));
                assertEquals(List.of(), rig.receive(64));
                rig.decide(FailoverPolicy.FORCED_STANDBY);
                got = rig.receive(64);
                assertEquals(
                        List.of(),
                        got.stream().filter(number -> number < ONE + 1000).toList());
            }
            assertEquals(young, got);
        });
    }

    /** U2: the loop has not polled, and the driver's ring is full of frames of the past. */
    @Test
    void shouldDeliverNothingOfARingThatNobodyHasPolled() throws Exception {
        with(rig -> {
            rig.receiveFor(PAST_MILLIS);
            int filled = rig.sendToStandby(1000, ONE);
            assertEquals(true, filled >= 200, filled + " frames do not fill a ring");
            TimeUnit.MILLISECONDS.sleep(PAST_MILLIS);
            rig.decide(FailoverPolicy.FORCED_STANDBY);
            assertEquals(List.of(), rig.receive(64));
            assertEquals(7, rig.sendToStandby(7, ONE + 5000));
            assertEquals(RingedPort.numbers(ONE + 5000, 7), rig.receive(64));
        });
    }

    private interface Check {
        void of(Rig rig) throws Exception;
    }

    private void with(Check check) throws Exception {
        MbufPool pool = MbufPool.create("lookback", 4095);
        VirtioWire primary = VirtioWire.lay(folder, PRIMARY, "02:00:00:00:00:01", far -> start(far, pool));
        VirtioWire standby = VirtioWire.lay(folder, STANDBY, "02:00:00:00:00:01", far -> start(far, pool));
        start(primary.near(), pool);
        start(standby.near(), pool);
        EalWorker.run(() -> {
            Rig rig = new Rig(pool, primary, standby);
            check.of(rig);
            rig.end();
        });
        for (VirtioWire wire : List.of(primary, standby)) {
            for (EthDev dev : List.of(wire.near(), wire.far())) {
                dev.stop();
                dev.remove();
            }
        }
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        pool.close();
    }

    private static void start(EthDev dev, MbufPool pool) {
        dev.configure(pool);
        dev.start();
    }

    /** The port over both wires, polled by the test. */
    private static final class Rig {
        private final MbufAllocator allocator;
        private final long array = Frames.array(MbufBurst.CAPACITY);
        private final long farStandby;
        private final FailoverQueue port;

        Rig(MbufPool pool, VirtioWire primary, VirtioWire standby) {
            allocator = MbufAllocator.ofThisThread(pool);
            farStandby = TestLines.of(standby.far());
            CountersManager counters = new CountersManager(
                    new UnsafeBuffer(ByteBuffer.allocateDirect(32 * 512)),
                    new UnsafeBuffer(ByteBuffer.allocateDirect(32 * 128)));
            port = new FailoverPort(
                            0,
                            EventLine.allocate(),
                            new PortCounters(counters, 0),
                            new PortEvents(new ManyToOneRingBuffer(new UnsafeBuffer(
                                    ByteBuffer.allocateDirect((1 << 16) + RingBufferDescriptor.TRAILER_LENGTH)))),
                            PortSettings.DEFAULT.with(new ReceiveSettings(Mode.ACTIVE, LOOKBACK, Duration.ofMillis(1))),
                            SystemNanoClock.INSTANCE,
                            Receiver.MOST_POLLS)
                    .queue(0);
            port.join(PRIMARY, TestLines.of(primary.near()));
            port.join(STANDBY, TestLines.of(standby.near()));
            receive(64);
            assertEquals(PRIMARY, port.activeSide());
        }

        void decide(int event) {
            port.decide(event);
        }

        /** How many the standby's ring has taken. */
        int sendToStandby(int count, long first) {
            int taken = 0;
            while (taken < count) {
                int burst = Math.min(MbufBurst.CAPACITY, count - taken);
                Frames.allocate(allocator, array, burst, first + taken);
                int sent = SideLine.transmit(farStandby, array, burst);
                Mbuf.free(Frames.from(array, sent), burst - sent);
                taken += sent;
                if (sent < burst) {
                    break;
                }
            }
            return taken;
        }

        List<Long> receive(int polls) {
            List<Long> numbers = new ArrayList<>();
            for (int i = 0; i < polls; i++) {
                int count = port.rxBurst(array, MbufBurst.CAPACITY);
                for (int j = 0; j < count; j++) {
                    numbers.add(Frames.numberOf(Frames.get(array, j)));
                }
                Mbuf.free(array, count);
            }
            return numbers;
        }

        List<Long> receiveFor(int millis) {
            List<Long> numbers = new ArrayList<>();
            long start = System.nanoTime();
            while (System.nanoTime() - start < millis * 1_000_000L) {
                numbers.addAll(receive(1));
            }
            return numbers;
        }

        void end() {
            port.leave(PRIMARY);
            port.leave(STANDBY);
        }
    }
}
