package io.twinport.dataplane.virtio;

/** A PCI configuration space for tests, with a list of capabilities that grows as they are added. */
class ConfigSpace extends MemoryRegisters {
    static final int VENDOR_SPECIFIC = 9;
    private static final int STATUS = 6;
    private static final int HAS_CAPABILITIES = 0x10;
    private static final int POINTER = 0x34;

    private int link = POINTER;

    ConfigSpace() {
        super(256);
        write(0, 2, VirtioLayout.VENDOR);
        write(2, 2, VirtioLayout.DEVICE_NET);
        write(STATUS, 2, HAS_CAPABILITIES);
    }

    ConfigSpace with(int at, int type, int bar, int offset, int length) {
        return with(at, VENDOR_SPECIFIC, 20, type, bar, offset, length);
    }

    ConfigSpace with(int at, int vendor, int bytes, int type, int bar, int offset, int length) {
        point(at);
        write(at, 1, vendor);
        write(at + VirtioLayout.CAP_LENGTH, 1, bytes);
        write(at + VirtioLayout.CAP_TYPE, 1, type);
        write(at + VirtioLayout.CAP_BAR, 1, bar);
        write(at + VirtioLayout.CAP_OFFSET, 4, offset);
        write(at + VirtioLayout.CAP_REGION_LENGTH, 4, length);
        link = at + VirtioLayout.CAP_NEXT;
        return this;
    }

    /** The last capability's pointer, or the first one. */
    ConfigSpace point(int at) {
        write(link, 1, at);
        return this;
    }
}
