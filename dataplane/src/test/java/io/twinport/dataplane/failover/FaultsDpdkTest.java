package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.handler.Reflect;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.DriverEvents;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** U1 beyond the link: what a driver tells of its device counts at once, and the device leaves the ordered way (U6). */
class FaultsDpdkTest {
    @TempDir
    Path folder;

    private LoopRig rig;
    private PollLoop loop;
    private Side primary;
    private Side standby;

    @BeforeEach
    void startLoop() {
        rig = new LoopRig(folder);
        Reflect handler = new Reflect(rig.queue());
        loop = rig.newLoop(handler, rig.queue());
        rig.start(loop, handler);
        primary = join("net_null0", PRIMARY);
        standby = join("net_null1", STANDBY);
        awaitActive(PRIMARY);
    }

    @AfterEach
    void endLoop() {
        assertTrue(standby.remove());
        rig.close();
    }

    /** Nobody but the upcall and the loop has a hand in it. */
    @Test
    void shouldLeaveDeviceWhileItsDriverMendsIt() {
        DriverEvents.raise("net_null0", DriverEvents.ERR_RECOVERING);
        awaitActive(STANDBY);
        DriverEvents.raise("net_null0", DriverEvents.ERR_RECOVERING);
        awaitTraffic(STANDBY);
        DriverEvents.raise("net_null0", DriverEvents.RECOVERY_SUCCESS);
        awaitActive(PRIMARY);
        awaitTraffic(PRIMARY);
        assertFalse(primary.isRemoved());
        assertFalse(primary.needsRestart());
        assertTrue(primary.remove());
    }

    @ParameterizedTest
    @ValueSource(ints = {DriverEvents.INTR_RMV, DriverEvents.RECOVERY_FAILED})
    void shouldTakeOutDeviceThatHasGone(int event) {
        DriverEvents.raise("net_null0", event);
        awaitActive(STANDBY);
        primary.watchRemoval();
        assertTrue(primary.isRemoved());
        assertTrue(primary.remove());
        awaitTraffic(STANDBY);

        primary = join("net_null0", PRIMARY);
        assertFalse(primary.isRemoved());
        awaitActive(PRIMARY);
        awaitTraffic(PRIMARY);
        assertTrue(primary.remove());
    }

    @Test
    void shouldRestartDeviceThatWasReset() {
        DriverEvents.raise("net_null0", DriverEvents.INTR_RESET);
        awaitActive(STANDBY);
        assertTrue(primary.needsRestart());
        assertTrue(primary.letGo());
        primary.stop();
        primary.rejoin();
        assertFalse(primary.needsRestart());
        awaitActive(PRIMARY);
        awaitTraffic(PRIMARY);
        assertTrue(primary.remove());
    }

    /** A link that is reported meanwhile does not hide the fault. */
    @Test
    void shouldNotTakeReportedLinkForMended() {
        DriverEvents.raise("net_null0", DriverEvents.ERR_RECOVERING);
        awaitActive(STANDBY);
        primary.watchLink();
        awaitTraffic(STANDBY);
        assertEquals(STANDBY, rig.counters().activeSide());
        assertTrue(primary.remove());
    }

    private Side join(String devargs, int side) {
        return Side.join(EthDev.probe(devargs), rig.pool(), rig.events(), loop.proxy(0), side);
    }

    private void awaitActive(int side) {
        Await.until(PolicyText.side(side) + " transmits", () -> rig.counters().activeSide() == side);
    }

    private void awaitTraffic(int side) {
        long before = sent(side);
        Await.until(PolicyText.side(side) + " sends", () -> sent(side) > before + 1000);
    }

    private long sent(int side) {
        return side == PRIMARY
                ? rig.counters().get(PortCounter.SENT_BY_PRIMARY)
                : rig.counters().get(PortCounter.SENT_BY_STANDBY);
    }
}
