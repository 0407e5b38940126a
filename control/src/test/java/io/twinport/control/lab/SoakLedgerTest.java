package io.twinport.control.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.Sides;
import org.junit.jupiter.api.Test;

class SoakLedgerTest {
    private static final int PRIMARY = Sides.PRIMARY;
    private static final int STANDBY = Sides.STANDBY;

    private final Disruptions disruptions = new Disruptions();
    private final SoakLedger ledger = new SoakLedger(disruptions, false);
    private final SoakLedger toPort = new SoakLedger(disruptions, true);

    private static void arrive(SoakLedger ledger, long from, long to) {
        for (long number = from; number <= to; number++) {
            ledger.arrived(number);
        }
    }

    private static void assertFates(SoakLedger ledger, long delivered, long lost, long suppressed, long unexplained) {
        ledger.end();
        assertEquals(delivered, ledger.delivered(), "delivered");
        assertEquals(lost, ledger.lost(), "lost");
        assertEquals(suppressed, ledger.suppressed(), "suppressed");
        assertEquals(unexplained, ledger.unexplained(), "unexplained");
        assertEquals(ledger.accepted(), delivered + lost + suppressed + unexplained, "accepted");
    }

    @Test
    void shouldCountWhatArrives() {
        ledger.accepted(PRIMARY, 100);
        arrive(ledger, 0, 99);
        assertFates(ledger, 100, 0, 0, 0);
    }

    /** More frames than are remembered go by one side, while nothing goes by the others. */
    @Test
    void shouldNotForgetWhatIsMissing() {
        int missing = 10;
        int rounds = (1 << 24) / 1000 + 1;
        ledger.accepted(Sides.NONE, missing);
        ledger.accepted(STANDBY, missing);
        for (int round = 0; round < rounds; round++) {
            long from = ledger.accepted();
            ledger.accepted(PRIMARY, 1000);
            arrive(ledger, from, from + 999);
        }
        ledger.end();
        assertEquals(missing, ledger.dropped());
        assertEquals(missing, ledger.unexplained());
        assertEquals(1000L * rounds, ledger.delivered());
    }

    @Test
    void shouldNotExplainAGapOnAWholeWire() {
        ledger.accepted(PRIMARY, 10);
        arrive(ledger, 0, 3);
        arrive(ledger, 5, 9);
        assertFates(ledger, 9, 0, 0, 1);
        assertEquals(4, ledger.firstUnexplained());
    }

    @Test
    void shouldNotExplainWhatIsMissingAtTheEndOnAWholeWire() {
        ledger.accepted(PRIMARY, 10);
        arrive(ledger, 0, 7);
        assertFates(ledger, 8, 0, 0, 2);
    }

    @Test
    void shouldExplainWhatWasOnTheWireWhenItWasCut() {
        ledger.accepted(PRIMARY, 10);
        arrive(ledger, 0, 3);
        disruptions.begin(PRIMARY);
        ledger.accepted(PRIMARY, 2);
        disruptions.end(PRIMARY);
        ledger.accepted(PRIMARY, 1);
        arrive(ledger, 12, 12);
        assertFates(ledger, 5, 8, 0, 0);
    }

    @Test
    void shouldNotExplainALossByTheCutOfTheOtherSideOrByALaterOne() {
        ledger.accepted(PRIMARY, 10);
        disruptions.begin(STANDBY);
        arrive(ledger, 5, 9);
        disruptions.begin(PRIMARY);
        assertFates(ledger, 5, 0, 0, 5);
    }

    @Test
    void shouldKeepSidesApartThatOvertakeEachOther() {
        ledger.accepted(PRIMARY, 5);
        ledger.accepted(STANDBY, 5);
        arrive(ledger, 5, 9);
        arrive(ledger, 0, 4);
        assertFates(ledger, 10, 0, 0, 0);
        assertEquals(0, ledger.reordered());
    }

    @Test
    void shouldTakeBackALossThatArrivesLateAndCountFurtherArrivals() {
        ledger.accepted(PRIMARY, 10);
        disruptions.begin(PRIMARY);
        disruptions.end(PRIMARY);
        arrive(ledger, 5, 9);
        arrive(ledger, 0, 2);
        arrive(ledger, 0, 1);
        assertFates(ledger, 8, 2, 0, 0);
        assertEquals(3, ledger.reordered());
        assertEquals(2, ledger.duplicated());
    }

    @Test
    void shouldCallStrangeWhatWasNeverAccepted() {
        ledger.accepted(PRIMARY, 10);
        arrive(ledger, 0, 9);
        ledger.arrived(10);
        ledger.arrived(-1);
        assertEquals(2, ledger.strange());
        assertFates(ledger, 10, 0, 0, 0);
    }

    @Test
    void shouldExplainByASwitchOnlyWhatIsSentToThePort() {
        for (SoakLedger each : new SoakLedger[] {ledger, toPort}) {
            each.active(PRIMARY);
            each.accepted(PRIMARY, 10);
            each.arrived(0);
            each.active(STANDBY);
        }
        assertFates(ledger, 1, 0, 0, 9);
        assertFates(toPort, 1, 0, 9, 0);
    }

    @Test
    void shouldNotExplainByASwitchWhatWasSentWhenItWasLongOver() {
        toPort.active(PRIMARY);
        toPort.active(STANDBY);
        toPort.accepted(STANDBY, SoakLedger.EMPTIED);
        arrive(toPort, 0, SoakLedger.EMPTIED - 1);
        toPort.accepted(STANDBY, 10);
        toPort.arrived(SoakLedger.EMPTIED + 9);
        assertFates(toPort, SoakLedger.EMPTIED + 1, 0, 0, 9);
    }

    /** U2: a ring that may hold old frames is emptied, and what comes meanwhile goes with them. */
    @Test
    void shouldExplainBySwitchWhatWasSentSoonAfterIt() {
        toPort.active(PRIMARY);
        toPort.active(STANDBY);
        toPort.accepted(STANDBY, 10);
        toPort.arrived(9);
        assertFates(toPort, 1, 0, 9, 0);
    }

    /** R41. */
    @Test
    void shouldCallDroppedWhatThePortTookWhileNeitherSideWasReady() {
        ledger.accepted(Sides.NONE, 10);
        ledger.accepted(PRIMARY, 1);
        ledger.arrived(10);
        ledger.end();
        assertEquals(1, ledger.delivered());
        assertEquals(10, ledger.dropped());
        assertEquals(0, ledger.unexplained());
    }

    /** During a planned switch frames still go by the former side. */
    @Test
    void shouldExplainByTheFormerSideOnlySoonAfterASwitch() {
        ledger.active(PRIMARY);
        ledger.active(STANDBY);
        ledger.accepted(STANDBY, 5);
        disruptions.begin(PRIMARY);
        ledger.accepted(STANDBY, 1);
        ledger.arrived(5);
        assertFates(ledger, 1, 5, 0, 0);

        toPort.active(STANDBY);
        disruptions.end(PRIMARY);
        for (int i = 0; i < 200; i++) {
            toPort.accepted(STANDBY, 32);
            arrive(toPort, 32L * i, 32L * i + 31);
        }
        toPort.accepted(STANDBY, 5);
        disruptions.begin(PRIMARY);
        assertFates(toPort, 6400, 0, 0, 5);
    }

    @Test
    void shouldStayExactFarBeyondWhatItRemembers() {
        long sent = 0;
        for (int round = 0; round < 100_000; round++) {
            ledger.accepted(round % 2 == 0 ? PRIMARY : STANDBY, 32);
            arrive(ledger, sent, sent + 30);
            sent += 32;
        }
        assertFates(ledger, 100_000 * 31, 0, 0, 100_000);
    }
}
