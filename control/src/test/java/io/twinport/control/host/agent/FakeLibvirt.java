package io.twinport.control.host.agent;

import io.twinport.control.program.Answer;
import io.twinport.control.program.Programs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One guest, as libvirt shows it; the host's network is another's. */
final class FakeLibvirt implements Programs {
    static final String UUID = "0c6a2c1e-0000-4000-8000-000000000001";
    static final String MAC = "52:54:00:00:12:53";
    static final String STANDBY = "<interface type='bridge'><mac address='" + MAC
            + "'/><source bridge='br0'/><target dev='tap01'/><model type='virtio'/><teaming type='persistent'/>"
            + "<alias name='ua-backup0'/></interface>";
    static final String PRIMARY = "<interface type='hostdev' managed='yes'><mac address='" + MAC
            + "'/><source><address type='pci' bus='1' slot='0x10'/></source>"
            + "<teaming type='transient' persistent='ua-backup0'/><alias name='ua-vf'/></interface>";

    private final Programs network;
    String state = "running (booted)";
    String standby = STANDBY;
    String primary = PRIMARY;
    String stored = STANDBY + PRIMARY;
    boolean hasJob;
    boolean isAway;

    FakeLibvirt(Programs network) {
        this.network = network;
    }

    @Override
    public Optional<Path> find(String program) {
        return Optional.of(Path.of("/usr/bin", program));
    }

    @Override
    public Answer ask(String program, String... arguments) {
        if (!program.equals("virsh")) {
            return network.ask(program, arguments);
        }
        if (isAway) {
            return new Answer(1, "", "error: failed to connect to the hypervisor");
        }
        List<String> words = List.of(arguments);
        if (words.contains("list")) {
            return good(state.isEmpty() ? "" : words.contains("--uuid") ? UUID + "\n" : "vm01\n\n");
        }
        if (state.isEmpty()) {
            return new Answer(1, "", "error: failed to get domain 'vm01'");
        }
        if (words.contains("dumpxml")) {
            String devices = words.contains("--inactive") ? stored : standby + primary;
            return good("<domain id='1'><name>vm01</name><devices>" + devices + "</devices></domain>");
        }
        if (words.contains("domjobinfo")) {
            return good(hasJob ? "Job type: Unbounded\nOperation: Outgoing migration\n" : "Job type:         None\n");
        }
        return good(words.contains("domuuid") ? UUID + "\n" : state + "\n");
    }

    private static Answer good(String out) {
        return new Answer(0, out, "");
    }
}
