package io.twinport.hw;

/**
 * {@code migrate.sh} and {@code reattach-vf.sh} of the kernel's document on net_failover, command by command. Mended only as far as they have
 * to be to run: the device goes by its alias, since by its document libvirt finds two with one MAC address; what the document says to a PF
 * about its VF is said to the emulated NIC, whose filter is an entry of its bridge.
 */
record DocumentsScripts(LibvirtHost source, LibvirtHost target) {
    private static final String MAC = LibvirtLab.MAC;
    private static final String UPLINK = "pf0";
    private static final String TAP = "tap01";

    /** The first one as far as the migration. */
    void prepare() {
        String _ = source.virsh("domif-setlink", LibvirtLab.DOMAIN, TAP, "up");
        String _ = source.virsh("detach-device-alias", LibvirtLab.DOMAIN, "ua-vf", "--live", "--config");
        String _ = source.run("bridge", "fdb", "del", MAC, "dev", "vf0", "master");
        String _ = source.run("bridge", "fdb", "add", MAC, "dev", UPLINK);
        String _ = source.run("bridge", "fdb", "replace", MAC, "dev", TAP, "master");
    }

    void migrate() {
        String _ = source.virsh("migrate", "--live", "--persistent", LibvirtLab.DOMAIN, target.uri());
        String _ = source.run("bridge", "fdb", "del", MAC, "dev", UPLINK);
    }

    /** The second one. */
    void reattach() {
        String vf = Lab.folder().resolve("vf.xml").toString();
        String _ = target.virsh("attach-device", "--config", "--live", LibvirtLab.DOMAIN, vf);
        String _ = target.run("bridge", "fdb", "replace", MAC, "dev", "vf0", "master", "static");
        String _ = target.virsh("domif-setlink", LibvirtLab.DOMAIN, TAP, "down");
    }
}
