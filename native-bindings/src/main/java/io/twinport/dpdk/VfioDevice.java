package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.twinport.posix.DeviceFile;
import io.twinport.posix.PosixException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * A PCI device under vfio-pci that no DPDK driver has. It is opened through EAL, so that it shares EAL's IOMMU
 * domain: what EAL's heap holds, mbufs above all, the device can reach at the address that EAL calls IOVA.
 *
 * <p>For one control thread at a time, which must not probe another device meanwhile: EAL's list of groups has no lock.
 */
public final class VfioDevice implements AutoCloseable {
    /** {@code VFIO_PCI_MSIX_IRQ_INDEX}: the device's own interrupts. */
    public static final int IRQ_MSIX = 2;

    /** {@code VFIO_PCI_REQ_IRQ_INDEX}: the kernel wants the device back, and waits for that. */
    public static final int IRQ_REQUEST = 4;

    private static final String SYSFS = "/sys/bus/pci/devices";
    private static final int PAGE = 4096;

    private static final int COMMAND = 4;
    private static final int COMMAND_MEMORY = 2;
    private static final int COMMAND_BUS_MASTER = 4;

    private static final MethodHandle SETUP = Symbols.function(
            "rte_vfio_setup_device", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle RELEASE =
            Symbols.function("rte_vfio_release_device", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));

    private final String address;
    private final int descriptor;
    private final DeviceFile file;
    private final boolean resettable;
    private final long configOffset;
    private final List<Mapping> mappings = new ArrayList<>();

    private record Mapping(long address, long length) {}

    private VfioDevice(String address, int descriptor, boolean resettable) {
        this.address = address;
        this.descriptor = descriptor;
        this.file = new DeviceFile(descriptor, address);
        this.resettable = resettable;
        try (Arena arena = Arena.ofConfined()) {
            this.configOffset = region(arena, VfioLayout.REGION_CONFIG).get(JAVA_LONG, VfioLayout.REGION_OFFSET);
        }
    }

    /**
     * Opens a device, which nobody else may have open. EAL must be running.
     *
     * @param address {@code 0000:02:00.0}
     */
    public static VfioDevice open(String address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment descriptor = arena.allocate(JAVA_INT);
            MemorySegment info = arena.allocate(VfioLayout.DEVICE_INFO_BYTES, Long.BYTES);
            info.set(JAVA_INT, VfioLayout.ARGSZ, VfioLayout.DEVICE_INFO_BYTES);
            int result =
                    (int) SETUP.invokeExact(arena.allocateFrom(SYSFS), arena.allocateFrom(address), descriptor, info);
            if (result != 0) {
                // EAL has logged the reason, and returns -1 for whatever it is.
                throw new DpdkException("rte_vfio_setup_device(" + address + ") failed: " + result + ": "
                        + (result > 0
                                ? "it is not bound to vfio-pci (dpdk-devbind.py -b vfio-pci " + address + ")"
                                : "is it there, is the kernel's module vfio_iommu_type1 loaded, is the IOMMU on, does"
                                        + " another process use the device?"));
            }
            boolean resettable = (info.get(JAVA_INT, VfioLayout.FLAGS) & VfioLayout.DEVICE_FLAG_RESET) != 0;
            int number = descriptor.get(JAVA_INT, 0);
            try {
                return new VfioDevice(address, number, resettable);
            } catch (RuntimeException e) {
                release(address, number);
                throw e;
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    public String address() {
        return address;
    }

    /** The configuration space; the kernel keeps some of it from us. */
    public Registers config() {
        return new Config();
    }

    /** Lets the device answer at its BARs and reach our memory. */
    public void enable() {
        Registers config = config();
        config.write(COMMAND, 2, config.read(COMMAND, 2) | COMMAND_MEMORY | COMMAND_BUS_MASTER);
    }

    /** From now on the device cannot touch our memory, whatever state it is in; one that is gone cannot anyway. */
    public void disableBusMaster() {
        try {
            Registers config = config();
            config.write(COMMAND, 2, config.read(COMMAND, 2) & ~COMMAND_BUS_MASTER);
        } catch (PosixException e) {
            System.getLogger("twinport").log(System.Logger.Level.DEBUG, "gone before it was let go", e);
        }
    }

    /** Resets the function ({@code VFIO_DEVICE_RESET}); false if it has no way to be reset, or does not let itself be. */
    public boolean reset() {
        if (!resettable) {
            return false;
        }
        try {
            file.control("VFIO_DEVICE_RESET", VfioLayout.DEVICE_RESET, MemorySegment.NULL);
            return true;
        } catch (PosixException e) {
            return false;
        }
    }

    /**
     * Maps a part of a BAR. Only the pages that are asked for, because the kernel may refuse to map those of an MSI-X
     * table in the same BAR. It is unmapped by {@link #close}.
     *
     * @return the address of the part's first byte
     */
    public long map(int bar, long offset, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment region = region(arena, bar);
            long size = region.get(JAVA_LONG, VfioLayout.REGION_SIZE);
            if (offset < 0 || length <= 0 || offset > size - length) {
                throw new DpdkException(address + " has no " + length + " bytes at " + offset + " of its BAR " + bar
                        + ", which is " + size + " bytes long");
            }
            if ((region.get(JAVA_INT, VfioLayout.FLAGS) & VfioLayout.REGION_FLAG_MMAP) == 0) {
                throw new DpdkException("the kernel does not let BAR " + bar + " of " + address + " be mapped");
            }
            long in = offset % PAGE;
            long mapped = (in + length + PAGE - 1) / PAGE * PAGE;
            long start = file.map(region.get(JAVA_LONG, VfioLayout.REGION_OFFSET) + offset - in, mapped);
            mappings.add(new Mapping(start, mapped));
            return start + in;
        }
    }

    /** How many interrupts of a kind can be told by eventfds. */
    public int interrupts(int irq) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(VfioLayout.IRQ_INFO_BYTES, Integer.BYTES);
            info.set(JAVA_INT, VfioLayout.ARGSZ, VfioLayout.IRQ_INFO_BYTES);
            info.set(JAVA_INT, VfioLayout.INDEX, irq);
            file.control("VFIO_DEVICE_GET_IRQ_INFO", VfioLayout.DEVICE_GET_IRQ_INFO, info);
            boolean eventfd = (info.get(JAVA_INT, VfioLayout.FLAGS) & VfioLayout.IRQ_INFO_FLAG_EVENTFD) != 0;
            return eventfd ? info.get(JAVA_INT, VfioLayout.IRQ_INFO_COUNT) : 0;
        }
    }

    /** From now on, until {@link #close}, the first interrupt of a kind signals this eventfd. */
    public void signalTo(int irq, int eventfd) {
        try (Arena arena = Arena.ofConfined()) {
            int bytes = VfioLayout.IRQ_SET_DATA + Integer.BYTES;
            MemorySegment set = arena.allocate(bytes, Integer.BYTES);
            set.set(JAVA_INT, VfioLayout.ARGSZ, bytes);
            set.set(JAVA_INT, VfioLayout.FLAGS, VfioLayout.IRQ_SET_DATA_EVENTFD | VfioLayout.IRQ_SET_ACTION_TRIGGER);
            set.set(JAVA_INT, VfioLayout.INDEX, irq);
            set.set(JAVA_INT, VfioLayout.IRQ_SET_START, 0);
            set.set(JAVA_INT, VfioLayout.IRQ_SET_COUNT, 1);
            set.set(JAVA_INT, VfioLayout.IRQ_SET_DATA, eventfd);
            file.control("VFIO_DEVICE_SET_IRQS", VfioLayout.DEVICE_SET_IRQS, set);
        }
    }

    /** Gives the device back. Nothing of {@link #map} may be in use any more. */
    @Override
    public void close() {
        // First: the kernel waits for mappings to go before it lets anybody have the device.
        mappings.forEach(mapping -> DeviceFile.unmap(mapping.address, mapping.length));
        mappings.clear();
        release(address, descriptor);
    }

    private static void release(String address, int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) RELEASE.invokeExact(arena.allocateFrom(SYSFS), arena.allocateFrom(address), descriptor);
            DpdkException.check(result, "rte_vfio_release_device(" + address + ")", "");
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    private MemorySegment region(Arena arena, int index) {
        MemorySegment info = arena.allocate(VfioLayout.REGION_INFO_BYTES, Long.BYTES);
        info.set(JAVA_INT, VfioLayout.ARGSZ, VfioLayout.REGION_INFO_BYTES);
        info.set(JAVA_INT, VfioLayout.INDEX, index);
        file.control("VFIO_DEVICE_GET_REGION_INFO", VfioLayout.DEVICE_GET_REGION_INFO, info);
        return info;
    }

    private final class Config implements Registers {
        @Override
        public int read(int offset, int width) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocate(width, Integer.BYTES);
                file.read(configOffset + offset, buffer);
                return switch (width) {
                    case 1 -> buffer.get(JAVA_BYTE, 0) & 0xff;
                    case 2 -> buffer.get(JAVA_SHORT, 0) & 0xffff;
                    default -> buffer.get(JAVA_INT, 0);
                };
            }
        }

        @Override
        public void write(int offset, int width, int value) {
            try (Arena arena = Arena.ofConfined()) {
                // Little-endian, as PCI is and as all machines are that DPDK's packages of ours run on.
                MemorySegment whole = arena.allocateFrom(JAVA_INT, value);
                file.write(configOffset + offset, whole.asSlice(0, width));
            }
        }
    }
}
