package io.twinport.dataplane.conductor;

import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static io.twinport.dataplane.policy.FailoverPolicy.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.PolicyInput;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.LowerState;
import io.twinport.dataplane.policy.PolicyText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R29, R35, R39, R40, R48-R50: what the port tells of itself and of its sides, in order. */
class PortCarrierTest {
    @TempDir
    Path folder;

    private CncFile cnc;
    private PortEvents events;
    private Conductor conductor;
    private int state = INITIAL;
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void makeFile() {
        cnc = CncFile.create(folder.resolve("twinport.cnc"));
        events = new PortEvents(cnc.events());
        conductor = new Conductor(cnc);
        conductor.add(new Conductor.Listener() {
            @Override
            public void onLink(int port, int side, boolean up, long nanos) {
                told.add(PolicyText.side(side) + " link " + (up ? "up" : "down"));
            }

            @Override
            public void onCarrier(int port, boolean on, long nanos) {
                told.add("carrier " + (on ? "on" : "off"));
            }

            @Override
            public void onMembership(int port, int side, boolean joined, long nanos) {
                told.add(PolicyText.side(side) + (joined ? " joined" : " left"));
            }
        });
    }

    @AfterEach
    void closeFile() {
        cnc.close();
    }

    /** R29, R49: a member without a link is not ready; the first that is brings the carrier. */
    @Test
    void shouldHaveCarrierWhileSideIsReady() {
        tell(PRIMARY_JOINED);
        assertTold("primary joined");
        tell(PRIMARY_LINK_UP);
        assertTold("carrier on");
        tell(STANDBY_JOINED, STANDBY_LINK_UP);
        assertTold("standby joined");
        tell(PRIMARY_LINK_DOWN);
        assertTold();
        tell(STANDBY_LINK_DOWN);
        assertTold("carrier off");
        tell(STANDBY_LINK_UP);
        assertTold("carrier on");
    }

    /** R49: a failover is no change, in whatever order its two halves are told. */
    @Test
    void shouldNotFlickerAtFailover() {
        bothReady();
        for (int i = 0; i < 100; i++) {
            tell(PRIMARY_LINK_DOWN);
            tell(PRIMARY_LINK_UP);
        }
        tell(STANDBY_LINK_DOWN);
        tell(PRIMARY_LINK_DOWN, STANDBY_LINK_UP);
        tell(STANDBY_LINK_DOWN, PRIMARY_LINK_UP);
        assertTold();
    }

    /** R35: the carrier goes with the last device, without a link event of its own. */
    @Test
    void shouldLoseCarrierWithLastDevice() {
        bothReady();
        tell(PRIMARY_LEFT);
        assertTold("primary left");
        tell(STANDBY_LEFT);
        assertTold("standby left", "carrier off");
    }

    /** R39, R40: a port that is closed has none, and has it back at once when it is opened over a side that is ready. */
    @Test
    void shouldHaveCarrierOnlyWhileOpen() {
        bothReady();
        conductor.open(0, false);
        conductor.doWork();
        assertTold("carrier off");
        tell(PRIMARY_LINK_DOWN);
        tell(PRIMARY_LINK_UP);
        assertTold();
        conductor.open(0, true);
        conductor.doWork();
        assertTold("carrier on");
        conductor.open(0, true);
        conductor.doWork();
        assertTold();
    }

    /** R48: each port has its own. */
    @Test
    void shouldNotTakeOtherPortsEvents() {
        events.input(1, 5, PRIMARY_JOINED, INITIAL, next(INITIAL, PRIMARY_JOINED));
        conductor.doWork();
        told.clear();
        tell(PRIMARY_JOINED, PRIMARY_LINK_UP);
        assertTold("primary joined", "carrier on");
    }

    @Test
    void shouldTellInOrder() {
        tell(PRIMARY_JOINED, PRIMARY_LINK_UP);
        events.link(0, PRIMARY, true, 1);
        conductor.doWork();
        tell(PRIMARY_LINK_DOWN);
        events.link(0, PRIMARY, false, 2);
        conductor.doWork();
        assertTold("primary joined", "carrier on", "primary link up", "carrier off", "primary link down");
    }

    /** R50. */
    @ParameterizedTest(name = "R50: primary {0}, {1}; standby {2}, {3}: primary {4}, {5}; standby {6}, {7}")
    @CsvSource({
        "false, false, true,  true,  false, false, true,  true",
        "true,  true,  true,  true,  true,  true,  true,  false",
        "true,  false, true,  true,  false, true,  true,  false",
        "true,  false, false, false, false, true,  false, false",
        "false, false, true,  false, false, false, false, true"
    })
    void shouldTellLowerState(
            boolean primary,
            boolean primaryUp,
            boolean standby,
            boolean standbyUp,
            boolean primaryLink,
            boolean primaryEnabled,
            boolean standbyLink,
            boolean standbyEnabled) {
        int now = INITIAL;
        now = primary ? next(now, PRIMARY_JOINED) : now;
        now = primaryUp ? next(now, PRIMARY_LINK_UP) : now;
        now = standby ? next(now, STANDBY_JOINED) : now;
        now = standbyUp ? next(now, STANDBY_LINK_UP) : now;
        assertEquals(new LowerState(primaryLink, primaryEnabled), LowerState.of(now, PRIMARY));
        assertEquals(new LowerState(standbyLink, standbyEnabled), LowerState.of(now, STANDBY));
    }

    private void bothReady() {
        tell(PRIMARY_JOINED, PRIMARY_LINK_UP, STANDBY_JOINED, STANDBY_LINK_UP);
        told.clear();
    }

    /** The policy is told of these, and the conductor of all that it made of them. */
    private void tell(int... all) {
        for (int event : all) {
            int after = next(state, event);
            if (after != state) {
                events.input(0, 1, event, state, after);
                state = after;
            }
        }
        conductor.doWork();
    }

    private void assertTold(String... expected) {
        assertEquals(List.of(expected), told);
        told.clear();
    }

    /** Who asks later why the carrier is as it is learns what was told last, and when. */
    @Test
    void shouldKnowWhatItWasToldLast() {
        PortCarrier carrier = new PortCarrier();
        assertFalse(carrier.update() || carrier.isOn());
        int here = FailoverPolicy.next(FailoverPolicy.INITIAL, FailoverPolicy.PRIMARY_JOINED);
        int up = FailoverPolicy.next(here, FailoverPolicy.PRIMARY_LINK_UP);
        carrier.told(new PolicyInput(0, 76, FailoverPolicy.PRIMARY_JOINED, FailoverPolicy.INITIAL, here));
        carrier.told(new PolicyInput(0, 77, FailoverPolicy.PRIMARY_LINK_UP, here, up));
        assertTrue(carrier.update() && carrier.isOn());
        assertEquals(77, carrier.nanos());
    }
}
