package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Of the sections that say whether a device is managed NetworkManager takes the first that fits: ours has to be that one. */
class NetworkManagerSectionsTest {
    private static final Match BY_NAME = new Match(List.of(), List.of("ens1", "ens5"));
    private static final Match BY_MAC = new Match(List.of("52:54:00:00:00:01"), List.of("ens1"));
    private static final String OURS = """
            [device-twinport]
            match-device=interface-name:ens1,interface-name:ens5
            managed=0
            """;

    private static boolean leave(String printed, Match match) {
        return new NetworkManagerSections(printed).leave(match);
    }

    @Test
    void shouldFindThatAllSidesAreLeftAlone() {
        assertTrue(leave("# NetworkManager configuration\n[main]\nplugins=keyfile\n\n" + OURS, BY_NAME));
        assertTrue(leave("[device-twinport]\nmatch-device=a;mac:52:54:00:00:00:01\nmanaged=false\n", BY_MAC));
        assertTrue(leave(OURS + "[device-other]\nmatch-device=*\nmanaged=1\n", BY_NAME), "it comes later");
    }

    @Test
    void shouldFindThatASideIsNotMeant() {
        assertFalse(leave(OURS.replace("ens5", "ens6"), BY_NAME));
        assertFalse(leave(OURS, BY_MAC));
        assertFalse(leave("[device-twinport]\nmanaged=0\n", BY_NAME));
    }

    @Test
    void shouldFindThatAnotherSectionIsAskedFirst() {
        assertFalse(leave("[device-other]\nmatch-device=*\nmanaged=1\n" + OURS, BY_NAME));
        assertTrue(leave("[device-wifi]\nwifi.backend=iwd\n" + OURS, BY_NAME), "it says nothing of that");
        assertTrue(leave("[connection]\nmanaged=1\n" + OURS, BY_NAME), "it is about no device");
    }

    @Test
    void shouldFindThatOursSaysNothingOrTheContrary() {
        assertFalse(leave("", BY_NAME));
        assertFalse(leave(OURS.replace("managed=0", "managed=1"), BY_NAME));
        assertFalse(leave(OURS.replace("managed=0", "#managed=0"), BY_NAME));
        assertFalse(leave(OURS.replace("managed=0", "=0"), BY_NAME));
    }

    @Test
    void shouldWriteListsOfDevices() {
        assertEquals(List.of("interface-name:ens1", "interface-name:ens5"), NetworkManagerSections.devices(BY_NAME));
        assertEquals(List.of("mac:52:54:00:00:00:01"), NetworkManagerSections.devices(BY_MAC));
    }
}
