package io.twinport.dataplane.virtio;

/** What a device can be told by its control queue (virtio 1.2, 5.1.6.5). */
enum NetCommand {
    /** One byte: whether all frames are let through. */
    PROMISCUOUS(0, 0),

    /** One byte: whether all multicast is. */
    ALL_MULTICAST(0, 1),

    /** Twice the number of addresses (4 bytes), and those: unicast, then multicast. */
    MAC_TABLE_SET(1, 0),

    MAC_ADDR_SET(1, 1),

    /** Two bytes, the VLAN's number. */
    VLAN_ADD(2, 0),

    VLAN_DEL(2, 1),

    /** Nothing: the addresses have been announced. */
    ANNOUNCE_ACK(3, 0),

    /** Two bytes: how many queue pairs are used. */
    VQ_PAIRS_SET(4, 0);

    private final int group;
    private final int number;

    NetCommand(int group, int number) {
        this.group = group;
        this.number = number;
    }

    /** The class and the number, as the device reads them: in two bytes, the class first. */
    short code() {
        return (short) (group | number << Byte.SIZE);
    }
}
