package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.dpdk.testing.ChildJvm;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A net_af_packet over an interface that sends next to nothing: a shaper of a few frames a second. */
class PacketSocketDpdkTest {
    private static final String NEAR = "twp" + ProcessHandle.current().pid() % 100_000;
    private static final int BURST = 32;
    private static final int BURSTS = 200;
    private static final int FRAME_BYTES = 1500;
    private static final int SECONDS = 30;

    @BeforeEach
    void makeInterfaces() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "kernel interfaces need root");
        run("ip", "link", "add", NEAR, "type", "veth", "peer", NEAR + "f");
        run("ip", "link", "set", NEAR, "up");
        run("ip", "link", "set", NEAR + "f", "up");
        run("tc", "qdisc", "add", "dev", NEAR, "root", "tbf", "rate", "40kbit", "burst", "2000", "limit", "4000000");
    }

    @AfterEach
    void removeInterfaces() throws Exception {
        ChildJvm.run(List.of("ip", "link", "delete", NEAR));
    }

    /** The driver asks its socket whether it may go on, and would wait for that without end. */
    @Test
    void shouldRefuseRatherThanWaitWhereInterfaceIsSlow() throws Exception {
        TestEal.start();
        MbufPool pool = MbufPool.create("frames", 2047);
        EthDev dev = EthDev.probe("net_af_packet0,qdisc_bypass=0,iface=" + NEAR);
        dev.configure(pool);
        dev.start();
        QueueFunctions queue = dev.queue();
        long array = Frames.array(BURST);
        FutureTask<Boolean> sending = EalWorker.start(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            long taken = 0;
            for (int i = 0; i < BURSTS; i++) {
                Frames.allocate(allocator, array, BURST, (long) i * BURST);
                for (int j = 0; j < BURST; j++) {
                    Frames.write(Frames.get(array, j), (long) i * BURST + j, FRAME_BYTES);
                }
                int sent = Burst.call(queue.txFunction(), queue.txQueue(), array, BURST);
                Mbuf.free(Frames.from(array, sent), BURST - sent);
                taken += sent;
            }
            assertTrue(taken > 0 && taken < BURSTS * BURST, taken + " taken");
        });
        sending.get(SECONDS, TimeUnit.SECONDS);
        dev.stop();
        dev.remove();
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    private static void run(String... command) throws Exception {
        ChildJvm.Result result = ChildJvm.run(List.of(command));
        assertEquals(0, result.exitCode(), result::toString);
    }
}
