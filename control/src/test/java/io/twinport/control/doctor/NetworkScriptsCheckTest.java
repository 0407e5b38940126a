package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.doctor.Finding.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkScriptsCheckTest {
    private static final String FOLDER = "/etc/sysconfig/network-scripts/";

    @TempDir
    Path root;

    private FakeHost machine;

    @BeforeEach
    void haveAPair() {
        machine = new FakeHost(root).pair().file(FOLDER + "ifup-eth", "#!/bin/bash");
    }

    private Finding only() {
        List<Finding> found = new NetworkScriptsCheck().findings(machine.host());
        assertEquals(1, found.size(), found.toString());
        return found.getFirst();
    }

    @Test
    void shouldSeeAFileByItsName() {
        machine.file(FOLDER + "ifcfg-ens5", "BOOTPROTO=dhcp");
        assertEquals(Level.WARNING, only().level());
        assertTrue(only().text().startsWith(FOLDER + "ifcfg-ens5 is for ens5:"), only().text());
    }

    @Test
    void shouldSeeAFileByWhatItNames() {
        machine.file(FOLDER + "ifcfg-lan", "# ours\nDEVICE=\"ens1\" # the standby\nONBOOT=yes");
        assertTrue(only().text().startsWith(FOLDER + "ifcfg-lan is for ens1:"), only().text());
        machine.file(FOLDER + "ifcfg-lan", "DEVICE=eth9\nHWADDR='52:54:00:12:34:56'");
        assertTrue(only().text().startsWith(FOLDER + "ifcfg-lan is for ens1, ens5:"), only().text());
    }

    @Test
    void shouldBelieveThatAFileIsOff() {
        machine.file(FOLDER + "ifcfg-ens5", "BOOTPROTO=dhcp\nONBOOT=yes\nONBOOT=no\nHOTPLUG=no");
        assertEquals(Level.OK, only().level());
    }

    /** What only a shell can work out is no word of it. */
    @Test
    void shouldNotBelieveWhatItCannotRead() {
        machine.file(FOLDER + "ifcfg-ens5", "ONBOOT=no\nHOTPLUG=$(cat /etc/hotplug)");
        assertEquals(Level.WARNING, only().level());
    }

    @Test
    void shouldNotMindOthersAndCopies() {
        machine.file(FOLDER + "ifcfg-ens7", "DEVICE=ens7")
                .file(FOLDER + "ifcfg-ens5.rpmsave", "DEVICE=ens5")
                .file(FOLDER + "ifcfg-ens5~", "DEVICE=ens5");
        assertEquals(Level.OK, only().level(), only().text());
    }

    /** Then NetworkManager reads the files, and is asked. */
    @Test
    void shouldOnlyNoteWhereTheScriptsAreNotThere() {
        machine.file(FOLDER + "ifcfg-ens5", "BOOTPROTO=dhcp");
        assertTrue(root.resolve(FOLDER.substring(1) + "ifup-eth").toFile().delete());
        assertEquals(Level.NOTE, only().level());
    }
}
