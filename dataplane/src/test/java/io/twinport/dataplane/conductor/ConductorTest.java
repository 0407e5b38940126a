package io.twinport.dataplane.conductor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.cnc.SwitchLog;
import io.twinport.dataplane.cnc.SwitchOutcome;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.cnc.SwitchRecords;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.PolicyText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConductorTest {
    private static final int NO_BURST_YET = 0;

    @TempDir
    Path folder;

    private CncFile cnc;
    private PortEvents events;
    private Conductor conductor;
    private final List<SwitchRecord> switches = new ArrayList<>();
    private final List<SwitchRecord> quiet = new ArrayList<>();
    private final List<String> links = new ArrayList<>();

    @BeforeEach
    void makeFile() {
        cnc = CncFile.create(folder.resolve("twinport.cnc"));
        events = new PortEvents(cnc.events());
        conductor = new Conductor(cnc);
        conductor.add(new Conductor.Listener() {
            @Override
            public void onSwitch(SwitchRecord record) {
                switches.add(record);
            }

            @Override
            public void onQuietSwitch(SwitchRecord record) {
                quiet.add(record);
            }

            @Override
            public void onLink(int port, int side, boolean up, long nanos) {
                links.add(port + " " + PolicyText.side(side) + (up ? " up" : " down"));
            }
        });
    }

    @AfterEach
    void closeFile() {
        cnc.close();
    }

    @Test
    void shouldTellOfSwitchThatHasItsFirstBurst() {
        SwitchRecord record = failover(0, 1, System.nanoTime(), 5);
        write(record);
        conductor.doWork();
        assertEquals(List.of(record), switches);
        assertEquals(List.of(), quiet);
        assertEquals(List.of(record), log());
    }

    @Test
    void shouldWaitForFirstBurst() {
        SwitchRecord record = failover(0, 1, System.nanoTime(), NO_BURST_YET);
        write(record);
        conductor.doWork();
        assertEquals(List.of(), switches);
        assertEquals(List.of(record), quiet);
        assertEquals(List.of(record), log(), "the log has it at once: the process could die while it waits");

        events.firstBurst(0, 1, 99);
        conductor.doWork();
        assertEquals(List.of(record.withFirstBurst(99)), switches);
        assertEquals(List.of(record.withFirstBurst(99)), log());
    }

    @Test
    void shouldRecordWhatCameOfASwitch() {
        SwitchRecord record = failover(0, 1, System.nanoTime(), NO_BURST_YET);
        write(record);
        events.firstBurst(0, 1, 99);
        SwitchOutcome outcome = new SwitchOutcome(true, 100, true, 1, 2, 3, 4, 5, 6);
        SwitchRecords.end(events, record.withOutcome(outcome));
        // One of a switch that found no room in the ring.
        SwitchRecords.end(events, SwitchRecords.complete(0, 2));
        conductor.doWork();
        assertEquals(List.of(record.withFirstBurst(99).withOutcome(outcome)), log());
    }

    @Test
    void shouldTellOfSwitchThatHasWaitedInVain() {
        SwitchRecord record = failover(0, 1, System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(150), NO_BURST_YET);
        write(record);
        conductor.doWork();
        assertEquals(List.of(record), switches);

        // Too late: it has been told, once.
        events.firstBurst(0, 1, 99);
        conductor.doWork();
        assertEquals(List.of(record), switches);
    }

    @Test
    void shouldTellOfSwitchBeforeThePortsNext() {
        SwitchRecord first = failover(0, 1, System.nanoTime(), NO_BURST_YET);
        SwitchRecord second = failover(0, 2, System.nanoTime(), 7);
        write(first);
        write(second);
        conductor.doWork();
        assertEquals(List.of(first, second), switches);
    }

    @Test
    void shouldWaitForEachPortOnItsOwn() {
        SwitchRecord first = failover(0, 1, System.nanoTime(), NO_BURST_YET);
        SwitchRecord other = failover(1, 1, System.nanoTime(), NO_BURST_YET);
        write(first);
        write(other);
        events.firstBurst(1, 1, 50);
        conductor.doWork();
        assertEquals(List.of(other.withFirstBurst(50)), switches);
        events.firstBurst(0, 1, 60);
        conductor.doWork();
        assertEquals(List.of(other.withFirstBurst(50), first.withFirstBurst(60)), switches);
    }

    @Test
    void shouldNotTakeBurstOfEarlierSwitch() {
        SwitchRecord record = failover(0, 2, System.nanoTime(), NO_BURST_YET);
        write(record);
        events.firstBurst(0, 1, 99);
        conductor.doWork();
        assertEquals(List.of(), switches);
        assertEquals(List.of(record), log());
    }

    /** A queue that follows may have been faster than the one that decides and tells. */
    @Test
    void shouldTakeFirstBurstOfAnyQueue() {
        SwitchRecord silent = failover(0, 1, System.nanoTime(), NO_BURST_YET);
        events.firstBurst(0, 1, 77);
        events.firstBurst(0, 1, 78);
        write(silent);
        conductor.doWork();
        assertEquals(List.of(silent.withFirstBurst(77)), switches);
        assertEquals(List.of(silent.withFirstBurst(77)), log());

        SwitchRecord slower = failover(0, 2, System.nanoTime(), 99);
        events.firstBurst(0, 2, 88);
        write(slower);
        events.firstBurst(0, 2, 101);
        conductor.doWork();
        assertEquals(slower.withFirstBurst(88), switches.getLast());

        SwitchRecord next = failover(0, 3, System.nanoTime(), 110);
        write(next);
        conductor.doWork();
        assertEquals(next, switches.getLast());
    }

    /** Nobody transmits after it, so there is no burst to wait for. */
    @Test
    void shouldTellAtOnceOfSwitchToNone() {
        SwitchRecord record = SwitchRecords.unplanned(
                0,
                1,
                Sides.STANDBY,
                Sides.NONE,
                FailoverPolicy.STANDBY_LINK_DOWN,
                1,
                System.nanoTime(),
                NO_BURST_YET,
                3);
        write(record);
        conductor.doWork();
        assertEquals(List.of(record), switches);
    }

    @Test
    void shouldTellWhatIsLeftWhenItEnds() {
        SwitchRecord record = failover(0, 1, System.nanoTime(), NO_BURST_YET);
        write(record);
        conductor.onClose();
        assertEquals(List.of(record), switches);
    }

    @Test
    void shouldPassOnLinks() {
        events.link(0, Sides.PRIMARY, false, 1);
        events.link(1, Sides.STANDBY, true, 2);
        conductor.doWork();
        assertEquals(List.of("0 primary down", "1 standby up"), links);
    }

    private List<SwitchRecord> log() {
        return new SwitchLog(cnc.switchRecords()).records();
    }

    private static SwitchRecord failover(int port, long sequence, long decisionNanos, long firstBurstNanos) {
        return SwitchRecords.unplanned(
                port,
                sequence,
                Sides.PRIMARY,
                Sides.STANDBY,
                FailoverPolicy.PRIMARY_LINK_DOWN,
                1,
                decisionNanos,
                firstBurstNanos,
                2);
    }

    private void write(SwitchRecord record) {
        SwitchRecords.write(events, record);
    }
}
