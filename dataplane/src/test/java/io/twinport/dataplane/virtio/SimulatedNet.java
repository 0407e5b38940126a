package io.twinport.dataplane.virtio;

import static io.twinport.dataplane.virtio.VirtioLayout.*;

/** The registers of a virtio-net device that behaves, unless it is told not to: its common and its own structure. */
final class SimulatedNet extends MemoryRegisters {
    /** To read behind its end throws. */
    MemoryRegisters net = new MemoryRegisters(NET_BYTES);

    private int netBytes = NET_BYTES;
    final StringBuilder statuses = new StringBuilder();
    long offered = VirtioFeatures.VERSION_1
            | VirtioFeatures.MAC
            | VirtioFeatures.STATUS
            | VirtioFeatures.STANDBY
            | VirtioFeatures.ACCESS_PLATFORM
            | VirtioFeatures.MRG_RXBUF
            | 1L << 29; // EVENT_IDX
    long acknowledged;
    boolean refusesFeatures;
    boolean ignoresReset;

    /** A register that keeps what it has. */
    int ignored = -1;

    /** It is pulled out when this is written to its status. */
    int goesAt = -1;

    private boolean gone;
    int generations = 1;

    SimulatedNet() {
        super(COMMON_BYTES);
        super.write(NUM_QUEUES, 2, 2);
        super.write(QUEUE_SIZE, 2, 256);
        byte[] mac = {0x52, 0x54, 0, 1, 2, 3};
        for (int i = 0; i < mac.length; i++) {
            net.write(NET_MAC + i, 1, mac[i]);
        }
        net.write(NET_STATUS, 2, NET_LINK_UP);
    }

    /** With a structure that is long enough for an MTU, and one. */
    SimulatedNet withMtu(int mtu) {
        extendTo(NET_MTU + Short.BYTES);
        net.write(NET_MTU, 2, mtu);
        offered |= VirtioFeatures.MTU;
        return this;
    }

    /** With a control queue, and so many queue pairs. */
    SimulatedNet withPairs(int pairs) {
        extendTo(NET_PAIRS + Short.BYTES);
        net.write(NET_PAIRS, 2, pairs);
        offered |= VirtioFeatures.CTRL_VQ | VirtioFeatures.MQ;
        return this;
    }

    SimulatedNet withSpeed(int megabits, int duplex) {
        extendTo(NET_DUPLEX + 1);
        net.write(NET_SPEED, 4, megabits);
        net.write(NET_DUPLEX, 1, duplex);
        offered |= VirtioFeatures.SPEED_DUPLEX;
        return this;
    }

    private void extendTo(int bytes) {
        MemoryRegisters before = net;
        net = new MemoryRegisters(bytes);
        for (int i = 0; i < Math.min(netBytes, bytes); i++) {
            net.write(i, 1, before.read(i, 1));
        }
        netBytes = bytes;
    }

    VirtioDevice device() {
        return device(true);
    }

    VirtioDevice device(boolean virtualAddresses) {
        return new VirtioDevice("simulated", this, net, netBytes, virtualAddresses);
    }

    @Override
    public int read(int offset, int width) {
        if (gone) {
            return MemoryRegisters.gone().read(offset, width);
        }
        return switch (offset) {
            case DEVICE_FEATURE -> (int) (offered >>> 32 * read(DEVICE_FEATURE_SELECT, 4));
            case CONFIG_GENERATION -> generations > 0 ? generations-- & 0xff : 0;
            default -> super.read(offset, width);
        };
    }

    @Override
    public void write(int offset, int width, int value) {
        if (offset == DRIVER_FEATURE) {
            acknowledged |= (value & 0xffff_ffffL) << 32 * read(DRIVER_FEATURE_SELECT, 4);
        }
        if (offset == DEVICE_STATUS) {
            statuses.append(value).append(' ');
            gone |= value == goesAt;
            if (value == 0 && ignoresReset) {
                return;
            }
            int refused = refusesFeatures ? FEATURES_OK : 0;
            super.write(offset, width, value & ~refused);
            return;
        }
        if (offset != ignored) {
            super.write(offset, width, value);
        }
    }
}
