package io.twinport.hw;

import io.twinport.control.qmp.QmpException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** {@code ./twinport hwtest --shell}: a guest to try things in. A line is a command for the guest's shell, or for the lab. */
public final class LabShell {
    private static final String MAC = "52:54:00:aa:bb:01";
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static final String HELP = """
            A guest with an e1000e ("pr", 0000:01:00.0) and a virtio-net ("sb", 0000:02:00.0), both with %s.
            A line is run in the guest; what takes long goes to the background: `twinport run ... >/run/log 2>&1 &`.
            :vfio               gives both NICs to vfio-pci
            :link NIC on|off    cuts a NIC's link, or restores it
            :unplug NIC         asks the guest to give a NIC up, and waits for that
            :plug NIC           puts it in again
            :qmp COMMAND        of QEMU's monitor, without arguments
            :send RATE, :stop   numbered frames from the host to the guest
            An end of file ends it.
            """.formatted(MAC);

    private final QemuVm guest;
    private final Wire wire;

    private LabShell(QemuVm guest, Wire wire) {
        this.guest = guest;
        this.wire = wire;
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("twinport-lab-");
        try (Wire wire = Wire.open(folder);
                QemuVm guest = QemuVm.describe(Lab.open(), "guest", folder)
                        .iommu()
                        .nic("e1000e", "pr", MAC, wire, wire.port("primary"))
                        .virtio("sb", MAC, wire, wire.port("standby"))
                        .start()) {
            System.out.print(HELP);
            System.out.println("Logs and captures: " + folder);
            LabShell shell = new LabShell(guest, wire);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                shell.take(line.strip());
            }
        } catch (LabException e) {
            System.err.println("twinport: " + e.getMessage());
            System.exit(1);
        }
    }

    private void take(String line) {
        try {
            if (line.startsWith(":")) {
                lab(line.substring(1).split(" +"));
            } else if (!line.isEmpty()) {
                GuestShell.Result result = guest.shell().attempt(line, LIMIT);
                System.out.println(result.output());
                if (result.exitCode() != 0) {
                    System.out.println("exit code " + result.exitCode());
                }
            }
        } catch (LabException | QmpException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            System.out.println(e.getMessage());
        }
    }

    private void lab(String[] words) {
        switch (words[0]) {
            case "vfio" -> {
                guest.loadVfio();
                guest.bind("pr", "vfio-pci");
                guest.bind("sb", "vfio-pci");
            }
            case "link" -> guest.setLink(words[1], words[2].equals("on"));
            case "unplug" -> guest.unplug(words[1]);
            case "plug" -> guest.plug(words[1]);
            case "qmp" -> System.out.println(guest.qmp().execute(words[1], Map.of()));
            case "send" -> wire.startSending(MAC, Integer.parseInt(words[1]));
            case "stop" -> wire.stopSending();
            default -> System.out.print(HELP);
        }
    }
}
