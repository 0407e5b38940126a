package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.handler.Sink;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.ChildJvm;
import io.twinport.posix.Interfaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** U1 where the driver knows nothing of its link: the kernel's word on the interface below it. */
class KernelLinksDpdkTest {
    private static final String NEAR = "twk" + ProcessHandle.current().pid() % 100_000;
    private static final String FAR = NEAR + "f";

    @TempDir
    Path folder;

    private final AtomicInteger changes = new AtomicInteger();
    private final KernelLinks links = new KernelLinks(changes::incrementAndGet);

    @BeforeEach
    void makeInterfaces() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "kernel interfaces need root");
        ip("link", "add", NEAR, "type", "veth", "peer", FAR);
        ip("link", "set", NEAR, "up");
        ip("link", "set", FAR, "up");
    }

    @AfterEach
    void removeInterfaces() throws Exception {
        links.close();
        ChildJvm.run(List.of("ip", "link", "delete", NEAR));
    }

    private static int index() {
        return Interfaces.indexOf(NEAR).orElseThrow();
    }

    @Test
    void shouldFollowInterfaceUntilItIsDeleted() throws Exception {
        KernelLinks.Below below = links.below(index());
        BooleanSupplier link = below::isUsable;
        Await.until("it is up", link);
        int before = changes.get();
        ip("link", "set", FAR, "down");
        Await.until("it has lost its carrier", () -> !link.getAsBoolean());
        assertTrue(changes.get() > before, "told, not found");
        ip("link", "set", FAR, "up");
        Await.until("it has it back", link);
        ip("link", "set", NEAR, "down");
        Await.until("it is down", () -> !link.getAsBoolean());
        assertFalse(below.isGone());
        ip("link", "delete", NEAR);
        Await.until("it has gone", below::isGone);
        ip("link", "add", NEAR, "type", "veth", "peer", FAR);
        ip("link", "set", NEAR, "up");
        ip("link", "set", FAR, "up");
        Await.until("another one of its name is up", links.below(index())::isUsable);
        assertFalse(link.getAsBoolean(), "which is another one");
        assertTrue(below.isGone());
    }

    /** An af_packet's own link word says up whatever happens. */
    @Test
    void shouldMakeLinkOfDeviceThatKnowsNone() throws Exception {
        String devargs = "net_af_packet0,iface=" + NEAR;
        try (LoopRig rig = new LoopRig(folder);
                KernelLinks told = new KernelLinks(rig.conductor()::lookAtSides)) {
            Sink sink = new Sink(rig.queue());
            PollLoop loop = rig.newLoop(sink, rig.queue());
            rig.start(loop, sink);
            SideDevice dev = told.side(EthDev.probe(devargs), devargs);
            Side side = Side.join(dev, rig.pool(), rig.events(), loop.proxy(0), Sides.PRIMARY);
            rig.conductor().watch(side);
            Await.until("it transmits", () -> rig.counters().activeSide() == Sides.PRIMARY);
            // The conductor does not run: it is the kernel's message that tells.
            ip("link", "set", FAR, "down");
            Await.until("nobody transmits", () -> rig.counters().activeSide() == Sides.NONE);
            ip("link", "set", FAR, "up");
            Await.until("it transmits again", () -> rig.counters().activeSide() == Sides.PRIMARY);
            rig.conductor().unwatch(side);
            assertTrue(side.remove());
        }
    }

    @Test
    void shouldKnowWhichDriversItIsFor() {
        assertEquals(Optional.of("eth1"), KernelLinks.interfaceOf("net_af_xdp0,iface=eth1,start_queue=0"));
        assertEquals(Optional.of("eth2"), KernelLinks.interfaceOf("net_pcap3,rx_iface=eth2,tx_iface=eth2"));
        assertEquals(Optional.of("tap1"), KernelLinks.interfaceOf("net_tap1,iface=tap1"));
        assertEquals(Optional.empty(), KernelLinks.interfaceOf("net_tap1"));
        assertEquals(Optional.empty(), KernelLinks.interfaceOf("net_virtio_user0,iface=tap1,path=/dev/vhost-net"));
        assertEquals(Optional.empty(), KernelLinks.interfaceOf("0000:01:00.0"));
    }

    private static void ip(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        ChildJvm.Result result = ChildJvm.run(command);
        assertEquals(0, result.exitCode(), result::toString);
    }
}
