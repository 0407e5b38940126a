package io.twinport.control.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R59 from the command line: what is set arrives at the devices, and at the kernel interface. */
class RunSettingsDpdkTest {
    private static final int SECONDS = 60;
    private static final int PROMISCUOUS = 0x100;
    private static final int ALL_MULTICAST = 0x200;

    @TempDir
    private Path folder;

    private final String id = String.valueOf(ProcessHandle.current().pid() % 10_000);

    @Test
    void shouldSetBothDevicesAndTheInterface() throws IOException {
        try (Program twinport = Program.twinport(
                "run",
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_tap0,iface=twsp" + id,
                "--standby",
                "net_tap1,iface=twss" + id,
                "--handler",
                "tap:twsk" + id,
                "--mtu",
                "1400",
                "--mac",
                "02:00:00:00:00:77",
                "--promiscuous",
                "--all-multicast",
                "--multicast",
                "01:00:5e:00:00:fb",
                "--vlan",
                "10,20",
                "--",
                "--no-huge")) {
            twinport.awaitReady(2, SECONDS);
            assertEquals(1, twinport.count("ready, MAC address 02:00:00:00:00:77"), twinport::output);
            for (String name : new String[] {"twsp", "twss"}) {
                assertEquals("1400", read(name, "mtu"));
                assertEquals("02:00:00:00:00:77", read(name, "address"));
                int flags = Integer.decode(read(name, "flags"));
                assertEquals(PROMISCUOUS | ALL_MULTICAST, flags & (PROMISCUOUS | ALL_MULTICAST));
            }
            assertEquals("1400", read("twsk", "mtu"));
            assertEquals("02:00:00:00:00:77", read("twsk", "address"));
            twinport.interrupt();
            assertEquals(0, twinport.waitFor(SECONDS), twinport::output);
            assertEquals(0, twinport.count("not fully restored"), twinport::output);
        }
    }

    /** U5: mbufs as large as the MTU needs. */
    @Test
    void shouldHaveMbufsForJumboFrames() throws IOException {
        try (Program twinport = Program.twinport(
                "run",
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_null0",
                "--handler",
                "tap:twsj" + id,
                "--mtu",
                "9000",
                "--",
                "--no-huge")) {
            twinport.awaitReady(1, SECONDS);
            assertEquals("9000", read("twsj", "mtu"));
            twinport.interrupt();
            assertEquals(0, twinport.waitFor(SECONDS), twinport::output);
            assertTrue(twinport.count("frames are not back") == 0, twinport::output);
        }
    }

    private String read(String name, String what) throws IOException {
        return Files.readString(Path.of("/sys/class/net", name + id, what)).trim();
    }
}
