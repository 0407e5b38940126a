package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.TestEal;
import io.twinport.dpdk.testing.VirtioWire;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Link status interrupts that a driver raises itself, on its own thread. */
class LinkEventsDpdkTest {
    @TempDir
    Path folder;

    private final long events = EventLine.allocate();

    @Test
    void shouldCountEdgesUntilUnregistered() throws Exception {
        TestEal.start();
        EthEvents.warmUp();
        assertEquals(0, EventLine.edges(events), "the warm-up is nobody's event");
        MbufPool pool = MbufPool.create("frames", 2047);
        VirtioWire wire = VirtioWire.lay(folder, 0, "02:00:00:00:00:01", far -> {
            far.configure(pool);
            far.start();
        });
        EthDev near = wire.near();
        assertTrue(near.hasLinkInterrupts());
        near.configure(pool);
        EthEvents.register(near.port(), events);
        near.start();
        Await.until("the link is up", near::isLinkUp);

        EventLine.takeEventNanos(events);
        long edges = EventLine.edges(events);
        long before = System.nanoTime();
        wire.cut();
        Await.until("the cut has raised an event", () -> EventLine.edges(events) > edges);
        long event = EventLine.takeEventNanos(events);
        assertTrue(before < event && event < System.nanoTime());
        assertTrue(!near.isLinkUp(), "an event before the word that it is about");

        long edgesDown = EventLine.edges(events);
        wire.restore(LinkEventsDpdkTest::remove);
        Await.until("the new wire has raised an event", () -> EventLine.edges(events) > edgesDown);
        Await.until("the link is up again", near::isLinkUp);

        EthEvents.unregister(near.port(), events);
        long last = EventLine.edges(events);
        wire.cut();
        Await.until("the link is down", () -> !near.isLinkUp());
        Thread.sleep(50);
        assertEquals(last, EventLine.edges(events));

        remove(near);
        remove(wire.far());
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    private static void remove(EthDev dev) {
        dev.stop();
        dev.remove();
    }
}
