package io.twinport.control.host.probe;

import io.twinport.control.host.NicId;
import io.twinport.posix.SystemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A PF and one of its VFs, as sysfs shows them and as it is told. */
final class Sysfs {
    static final String VFIO = "vfio-pci";
    private static final String NO_OVERRIDE = "(null)";

    /** How a file is written. */
    interface Attributes {
        void write(Path file, String text) throws IOException;
    }

    private final Path root;
    private final Attributes attributes;
    private final String pf;
    private final int vf;

    /**
     * @param root of the machine's files
     * @param attributes what a test's kernel does when told something
     * @param pf the PF's interface
     * @param vf the VF's number, from 0 on
     */
    Sysfs(Path root, Attributes attributes, String pf, int vf) {
        this.root = root;
        this.attributes = attributes;
        this.pf = pf;
        this.vf = vf;
    }

    static Sysfs ofThisMachine(String pf, int vf) {
        return new Sysfs(Path.of("/"), (file, text) -> Files.writeString(file, text, StandardOpenOption.WRITE), pf, vf);
    }

    Path root() {
        return root;
    }

    String pf() {
        return pf;
    }

    int vf() {
        return vf;
    }

    /** An interface's folder. */
    Path netdev(String name) {
        return root.resolve("sys/class/net").resolve(name);
    }

    private Path pfDevice() {
        return netdev(pf).resolve("device");
    }

    Path vfDevice() {
        return pfDevice().resolve("virtfn" + vf);
    }

    boolean isPf() {
        return Files.exists(pfDevice().resolve("sriov_totalvfs"));
    }

    boolean isUp(String netdev) {
        String flags = SystemFiles.text(netdev(netdev).resolve("flags"));
        return flags.startsWith("0x") && (Integer.parseUnsignedInt(flags.substring(2), 16) & 1) != 0;
    }

    /** VFs that there can be. */
    int mostVfs() {
        return number(pfDevice().resolve("sriov_totalvfs"));
    }

    /** VFs that there are. */
    int vfs() {
        return number(pfDevice().resolve("sriov_numvfs"));
    }

    private static int number(Path file) {
        String text = SystemFiles.text(file);
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    void setVfs(int count) {
        write(pfDevice().resolve("sriov_numvfs"), String.valueOf(count));
    }

    /** Whether new VFs get drivers by themselves; empty where the kernel cannot be told. */
    String autoprobe() {
        return SystemFiles.text(pfDevice().resolve("sriov_drivers_autoprobe"));
    }

    void setAutoprobe(String value) {
        write(pfDevice().resolve("sriov_drivers_autoprobe"), value);
    }

    boolean hasVf() {
        return Files.exists(vfDevice());
    }

    /** The VF's PCI address. */
    String vfAddress() {
        return SystemFiles.target(vfDevice())
                .map(SystemFiles::name)
                .orElseThrow(() -> new ProbeException("VF " + vf + " of " + pf + " has gone"));
    }

    /** The VF's driver; empty where it has none. */
    String vfDriver() {
        return driver(vfDevice());
    }

    private static String driver(Path device) {
        return SystemFiles.target(device.resolve("driver"))
                .map(SystemFiles::name)
                .orElse("");
    }

    /** The VF's interfaces that are not in another network namespace. */
    List<String> vfNetdevs() {
        return SystemFiles.names(vfDevice().resolve("net"));
    }

    /** The only driver that may have the VF; empty where any may. */
    String override() {
        String override = SystemFiles.text(vfDevice().resolve("driver_override"));
        return override.equals(NO_OVERRIDE) ? "" : override;
    }

    void setOverride(String driver) {
        write(vfDevice().resolve("driver_override"), driver + "\n");
    }

    void unbind() {
        write(vfDevice().resolve("driver/unbind"), vfAddress());
    }

    /** The kernel looks for a driver for the VF. */
    void probe() {
        write(root.resolve("sys/bus/pci/drivers_probe"), vfAddress());
    }

    boolean isVfioLoaded() {
        return Files.isDirectory(root.resolve("sys/bus/pci/drivers").resolve(VFIO));
    }

    boolean canReset() {
        return Files.exists(vfDevice().resolve("reset"));
    }

    void reset() {
        write(vfDevice().resolve("reset"), "1");
    }

    /** What the PF is, with what {@code ethtool -i} prints. */
    NicId nic(String ethtool) {
        return NicId.of(pfText("vendor"), pfText("device"), driver(pfDevice()), ethtool);
    }

    private String pfText(String file) {
        return SystemFiles.text(pfDevice().resolve(file));
    }

    private void write(Path file, String text) {
        try {
            attributes.write(file, text);
        } catch (IOException e) {
            throw new ProbeException("cannot write '" + text.strip() + "' to " + file + ": " + e.getMessage());
        }
    }
}
