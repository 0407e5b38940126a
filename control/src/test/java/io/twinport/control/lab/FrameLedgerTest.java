package io.twinport.control.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FrameLedgerTest {
    private static final int PRIMARY = 1;
    private static final int STANDBY = 2;

    private final FrameLedger ledger = new FrameLedger(PRIMARY);

    private void arrive(long from, long to, long refused, int side) {
        for (long number = from; number <= to; number++) {
            ledger.arrived(number, refused, side);
        }
    }

    private void assertLedger(long delivered, long lost, long duplicated, long reordered) {
        assertEquals(delivered, ledger.delivered(), "delivered");
        assertEquals(lost, ledger.lost(), "lost");
        assertEquals(duplicated, ledger.duplicated(), "duplicated");
        assertEquals(reordered, ledger.reordered(), "reordered");
    }

    @Test
    void shouldCountWhatArrivesInOrder() {
        arrive(0, 99, 0, PRIMARY);
        assertLedger(100, 0, 0, 0);
    }

    @Test
    void shouldCallAGapBetweenTwoSidesLost() {
        arrive(0, 9, 0, PRIMARY);
        arrive(15, 19, 0, STANDBY);
        assertLedger(15, 5, 0, 0);
    }

    @Test
    void shouldNotCallAGapWithinASideLost() {
        arrive(0, 9, 0, PRIMARY);
        arrive(15, 19, 0, PRIMARY);
        assertLedger(15, 0, 0, 0); // 5 of the 20 stay unaccounted for
    }

    @Test
    void shouldNotCountRefusedNumbersAsLost() {
        arrive(0, 9, 0, PRIMARY);
        arrive(40, 49, 20, STANDBY); // of the 30 between, 20 were refused
        assertLedger(20, 10, 0, 0);
        arrive(60, 60, 30, STANDBY); // of the 10 between, all were
        assertLedger(21, 10, 0, 0);
    }

    @Test
    void shouldTakeLateNumbersOutOfTheLossOnce() {
        arrive(0, 9, 0, PRIMARY);
        arrive(20, 29, 0, STANDBY);
        assertLedger(20, 10, 0, 0);
        arrive(10, 13, 0, PRIMARY); // what the primary's ring still held comes out after its reconnection
        assertLedger(24, 6, 0, 4);
        arrive(10, 13, 0, PRIMARY);
        assertLedger(24, 6, 4, 4);
        arrive(30, 39, 0, PRIMARY);
        assertLedger(34, 6, 4, 4);
    }

    @Test
    void shouldCallASecondArrivalADuplicate() {
        arrive(0, 9, 0, PRIMARY);
        arrive(9, 9, 0, STANDBY);
        assertLedger(10, 0, 1, 0);
    }
}
