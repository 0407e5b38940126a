package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigurationFilesTest {
    private static final String OURS = "twinport.conf";

    @Test
    void shouldComeFirst() {
        assertEquals("00-twinport.conf", ConfigurationFiles.first(OURS, List.of("01-azure.conf", "10-netplan.conf")));
        assertEquals("00-twinport.conf", ConfigurationFiles.first(OURS, List.of("00-twinport.conf", "99-z.conf")));
        for (String other :
                List.of("00-lan.conf", "00--lan.conf", "0-lan.conf", "0--a.conf", "0.conf", "+a.conf", "-")) {
            String ours = ConfigurationFiles.first(OURS, List.of(other));
            assertTrue(ours.compareTo(other) < 0, ours + " is not before " + other);
        }
    }

    @Test
    void shouldComeLast() {
        assertEquals("zz-twinport.conf", ConfigurationFiles.last(OURS, List.of("99-azure.conf", "zebra.conf")));
        assertEquals("zz-twinport.conf", ConfigurationFiles.last(OURS, List.of("zz-twinport.conf")));
        for (String other : List.of("zz-zones.conf", "zzz.conf", "~.conf", "\u00fc.conf")) {
            String ours = ConfigurationFiles.last(OURS, List.of("a.conf", other));
            assertTrue(ours.compareTo(other) > 0 && ours.endsWith(".conf"), ours + " is not after " + other);
        }
    }
}
