package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.TestEal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device and the loops of a port, each of which turns when the test says so. */
class LoopSetDpdkTest {
    private static final int LOOPS = 4;
    private static final int COMMAND_PASSES = 8;

    @TempDir
    Path folder;

    private CncFile cnc;
    private final List<PollLoop> loops = new ArrayList<>();
    private final List<BarePort> ports = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private LoopSet set;

    @BeforeEach
    void start() {
        TestEal.start();
        cnc = CncFile.create(folder.resolve("loops.cnc"));
        List<LoopProxy> queues = new ArrayList<>();
        for (int l = 0; l < LOOPS; l++) {
            ports.add(new BarePort());
            loops.add(new PollLoop("poll" + l, () -> 0, List.of(ports.get(l)), cnc.commands(l)));
            queues.add(loops.get(l).proxy(0));
        }
        set = new LoopSet(queues, 1);
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(); // it gives up by itself, and uses the mapped file until then
        }
        cnc.close();
    }

    private void turn(int loop) {
        for (int pass = 0; pass < 2 * COMMAND_PASSES; pass++) {
            loops.get(loop).doWork();
        }
    }

    private boolean isTold(int loop) {
        return cnc.commands(loop).size() > 0;
    }

    private <T> FutureTask<T> meanwhile(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        threads.add(Thread.ofPlatform().daemon().start(future));
        return future;
    }

    private void join() throws Exception {
        FutureTask<Boolean> join = meanwhile(() -> {
            set.join();
            return true;
        });
        while (!join.isDone()) {
            for (int l = 0; l < LOOPS; l++) {
                turn(l);
            }
        }
        join.get();
    }

    /** One that is slow keeps the device from being stopped, not the others from going on without it. */
    @Test
    void shouldTellAllLoopsAtOnceToLeave() throws Exception {
        join();
        FutureTask<Boolean> leave = meanwhile(set::leave);
        Await.until("all are told", () -> isTold(0) && isTold(1) && isTold(2) && isTold(3));
        for (int l = LOOPS - 1; l > 0; l--) {
            turn(l);
            assertFalse(leave.isDone());
        }
        while (!leave.isDone()) {
            for (int l = 0; l < LOOPS; l++) {
                turn(l);
            }
        }
        assertTrue(leave.get());
    }

    /** The one that decides uses the side first when all others can. */
    @Test
    void shouldTellTheLoopThatDecidesToJoinWhenAllOthersHave() throws Exception {
        FutureTask<Boolean> join = meanwhile(() -> {
            set.join();
            return true;
        });
        Await.until("the others are told", () -> isTold(1) && isTold(2) && isTold(3));
        for (int l = LOOPS - 1; l > 0; l--) {
            assertFalse(isTold(0), "while " + l + " has not");
            turn(l);
        }
        Await.until("the first one is told", () -> {
            turn(1);
            turn(2);
            turn(3);
            return isTold(0);
        });
        while (!join.isDone()) {
            turn(0);
        }
        assertTrue(join.get());
    }

    /** Loops that do not turn: the next call waits on. */
    @Test
    void shouldWaitOnWhereLoopsDoNotLetGo() throws Exception {
        join();
        assertFalse(set.leave());
        FutureTask<Boolean> leave = meanwhile(set::leave);
        while (!leave.isDone()) {
            for (int l = 0; l < LOOPS; l++) {
                turn(l);
            }
        }
        assertTrue(leave.get());
    }
}
