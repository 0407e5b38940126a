package io.twinport.control.host.teaming;

/** What is checked. L: what libvirt itself refuses; E: what it accepts, and should not; G: the guest; H: the hosts. */
public enum Rule {
    L1("an interface of type 'transient' names its persistent one"),
    L2("a persistent interface names none"),
    L3("a teaming has a type that there is; that of a hostdev is 'transient'"),
    L4("a hostdev with teaming names its persistent interface"),
    L5("a hostdev with teaming is a PCI device"),
    L6("the persistent interface is virtio"),
    L7("the transient interface is of type 'hostdev', or of a network that is a pool of them"),
    L8("libvirt and QEMU know teaming"),
    L9("nothing else in the domain forbids its migration"),
    E1("a transient device names an interface that there is, by an alias that only this has"),
    E2("both devices of a pair have one unicast MAC address, and no third one has it"),
    E3("a standby has one primary"),
    E4("the standby is on PCI"),
    E5("the primary is alone in a slot of PCI Express where it can be unplugged and plugged in"),
    E6("the primary is a VF of an Ethernet device, and in one place only"),
    E7("the standby's path leads to the physical network"),
    E8("the primary comes from a pool of VFs, in the standby's network"),
    E9("a macvtap is in bridge mode"),
    E10("the standby's alias begins with 'ua-'"),
    E11("the guest has ACPI"),
    E12("libvirt lends the VF to vfio-pci"),
    F3("the standby's link is up"),
    G1("the guest acknowledges VIRTIO_NET_F_STANDBY"),
    G2("the guest can unplug a device"),
    G3("the guest's network services leave the pair's sides alone"),
    G4("the guest's system knows failover"),
    H1("both hosts have the pair's networks, of one kind"),
    H2("a VF is free"),
    H3("the IOMMU is on"),
    H4("the PF's link is up, and both devices are in one VLAN"),
    H5("the bridge leads to the PF, and forwards at once"),
    H6("the VF's settings fit"),
    H7("no other device of the host has the pair's MAC address"),
    H8("the PF's driver gives the VF its frames only once its driver is up"),
    H9("no FDB entry is left that takes the pair's frames away"),
    H10("the host's libvirt and QEMU are new enough"),
    H11("the MTU of both devices is the same"),
    H12("both devices have as many queues"),
    H13("a VF that is the bridge's uplink passes frames of others");

    private final String text;

    Rule(String text) {
        this.text = text;
    }

    /** As it should be. */
    public String text() {
        return text;
    }
}
