package io.twinport.control.host.hook;

import io.twinport.control.host.HostView;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.program.FakePrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A made-up host in a folder: the PF {@code ens4f0} (0000:42:00.0) is a port of {@code br0} and has the VFs 0000:42:02.4 and 0000:42:02.5, of
 * which the network {@code vfs} is the pool.
 */
public record HookHost(Path root) {
    public static final String VF0 = "0000:42:02.4";
    public static final String VF1 = "0000:42:02.5";
    private static final String PF = "0000:42:00.0";
    private static final String DEVICES = "sys/bus/pci/devices/";

    /** What {@code ip} shows of it. */
    private static final String LINKS =
            "[{\"ifname\":\"ens4f0\",\"mtu\":1500,\"address\":\"52:54:00:00:00:01\",\"master\":\"br0\","
                    + "\"operstate\":\"UP\",\"vfinfo_list\":[{\"vf\":0,\"address\":\"00:00:00:00:00:00\"},{\"vf\":1,\"address\":"
                    + "\"00:00:00:00:00:00\"}]},{\"ifname\":\"br0\",\"mtu\":1500,\"operstate\":\"UP\",\"address\":\"52:54:00:00:00:01\","
                    + "\"linkinfo\":{\"info_kind\":\"bridge\",\"info_data\":{\"stp_state\":0,\"forward_delay\":0}}}]";

    public static HookHost make(Path root) throws IOException {
        HookHost host = new HookHost(root);
        Files.createDirectories(root.resolve("sys/kernel/iommu_groups/1"));
        Files.createDirectories(root.resolve("sys/class/net/br0/brif/ens4f0"));
        host.device(PF, "ice");
        Files.createDirectories(root.resolve(DEVICES + PF + "/net/ens4f0"));
        Files.createSymbolicLink(root.resolve(DEVICES + PF + "/net/ens4f0/device"), root.resolve(DEVICES + PF));
        Files.createSymbolicLink(root.resolve("sys/class/net/ens4f0"), root.resolve(DEVICES + PF + "/net/ens4f0"));
        for (int i = 0; i < 2; i++) {
            String vf = i == 0 ? VF0 : VF1;
            host.device(vf, "iavf");
            Files.createSymbolicLink(root.resolve(DEVICES + vf + "/physfn"), root.resolve(DEVICES + PF));
            Files.createSymbolicLink(root.resolve(DEVICES + PF + "/virtfn" + i), root.resolve(DEVICES + vf));
        }
        Files.createDirectories(root.resolve("etc/libvirt/qemu/networks"));
        Files.writeString(
                root.resolve("etc/libvirt/qemu/networks/vfs.xml"),
                "<!-- made by virsh -->\n<network><name>vfs</name><forward mode='hostdev' managed='yes'><pf dev='ens4f0'/>"
                        + "</forward></network>\n");
        return host;
    }

    /** Gives a device another driver: {@code vfio-pci} where a guest has it. */
    public void device(String address, String driver) throws IOException {
        Path device = root.resolve(DEVICES + address);
        Files.createDirectories(device);
        Files.createDirectories(root.resolve("sys/bus/pci/drivers/" + driver));
        Files.writeString(device.resolve("class"), "0x020000");
        Files.deleteIfExists(device.resolve("driver"));
        Files.createSymbolicLink(device.resolve("driver"), root.resolve("sys/bus/pci/drivers/" + driver));
    }

    public Admission admission(Reservations reservations) {
        return new Admission(
                root,
                () -> new HostView(
                        root,
                        new FakePrograms()
                                .answer("ip -j -d link show", 0, LINKS)
                                .answer("bridge -j fdb show state permanent", 0, "")
                                .answer("bridge -j fdb show state static", 0, "")
                                .answer("libvirtd --version", 0, "libvirtd (libvirt) 11.3.0")
                                .answer("qemu-system-x86_64 --version", 0, "QEMU emulator version 10.0.0")),
                NicVerdicts.BUILT_IN,
                reservations);
    }

    /** As libvirt gives it to its hook. */
    public static String guest(String name, String... more) {
        String mac = "52:54:00:00:12:5" + name.charAt(name.length() - 1);
        return """
                <domain type='kvm'>
                  <name>%1$s</name>
                  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db%1$s</uuid>
                  <os><type arch='x86_64' machine='q35'>hvm</type></os>
                  <features><acpi/></features>
                  <devices>
                    <interface type='bridge'>
                      <mac address='%2$s'/><source bridge='br0'/><model type='virtio'/>
                      <teaming type='persistent'/><alias name='ua-backup0'/>
                    </interface>
                    <interface type='network'>
                      <mac address='%2$s'/><source network='vfs'/>
                      <teaming type='transient' persistent='ua-backup0'/>
                    </interface>%3$s
                  </devices>
                </domain>
                """.formatted(name, mac, String.join("", more));
    }
}
