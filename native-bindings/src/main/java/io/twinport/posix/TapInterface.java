package io.twinport.posix;

import static io.twinport.posix.InterfaceFeatures.IFREQ_UNION;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A network interface of the kernel whose wire are queues of ours. It vanishes when they are closed. Its user may rename
 * it and move it to another network namespace, where it goes on, and delete it. An interface that has its name here may be a
 * stranger's then, so it is known by the descriptor alone.
 *
 * <p>Any thread, until the first of the queues is closed.
 */
public final class TapInterface {
    /** The longest name that Linux allows. */
    public static final int LONGEST_NAME = 15;

    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final short IFF_TAP = 2;
    private static final short IFF_MULTI_QUEUE = 0x100;
    private static final short IFF_NO_PI = 0x1000;
    private static final short IFF_VNET_HDR = 0x4000;

    /** The kernel may leave checksums, and be given frames without them. */
    private static final long TUN_F_CSUM = 1;

    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final long TUNSETVNETHDRSZ = 0x400454d8L;
    private static final long TUNSETIFF = 0x400454ca;
    private static final long TUNGETIFF = 0x800454d2L;
    private static final long TUNSETCARRIER = 0x400454e2;
    private static final long TUNGETDEVNETNS = 0x54e3;
    private static final long SIOCSIFHWADDR = 0x8924;
    private static final short ARPHRD_ETHER = 1;

    private static final MethodHandle OPEN =
            Posix.variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
    private static final MethodHandle IOCTL =
            Posix.variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);

    private final List<TapQueue> queues;
    private final int descriptor;
    private final int firstIndex;

    private TapInterface(List<TapQueue> queues) {
        this.queues = List.copyOf(queues);
        this.descriptor = queues.getFirst().descriptor();
        this.firstIndex = Interfaces.indexOf(name()).orElse(0);
    }

    /**
     * Creates the interface, down and without addresses.
     *
     * @param queues how many it has; the kernel spreads what it sends over them by flow
     * @param header bytes before each frame, both ways, that say what is left to do for it ({@code struct
     *     virtio_net_hdr_v1}): the kernel leaves checksums then. 0 for none
     * @throws PosixException if the name is taken, or there is no right to (CAP_NET_ADMIN, /dev/net/tun)
     */
    public static TapInterface create(String name, int queues, int header) {
        int several = queues > 1 ? IFF_MULTI_QUEUE : 0;
        short flags = (short) (IFF_TAP | IFF_NO_PI | several | (header != 0 ? IFF_VNET_HDR : 0));
        List<TapQueue> opened = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            for (int q = 0; q < queues; q++) {
                opened.add(new TapQueue(open(arena)));
                attach(arena, opened.getLast().descriptor(), name, flags);
                if (header != 0) {
                    takeOffloads(arena, opened.getLast().descriptor(), header);
                }
            }
            return new TapInterface(opened);
        } catch (PosixException e) {
            opened.forEach(TapQueue::close);
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    private static int open(Arena arena) throws Throwable {
        MemorySegment state = Posix.newState(arena);
        int descriptor =
                (int) OPEN.invokeExact(state, arena.allocateFrom("/dev/net/tun"), O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (descriptor < 0) {
            throw new PosixException(
                    "open(/dev/net/tun)", Posix.errno(state), "a TAP needs root and the kernel's tun module");
        }
        return descriptor;
    }

    private static void attach(Arena arena, int descriptor, String name, short flags) throws Throwable {
        MemorySegment state = Posix.newState(arena);
        MemorySegment request = InterfaceFeatures.request(arena, name);
        request.set(JAVA_SHORT, IFREQ_UNION, flags);
        if ((int) IOCTL.invokeExact(state, descriptor, TUNSETIFF, request) < 0) {
            int errno = Posix.errno(state);
            throw new PosixException(
                    "ioctl(TUNSETIFF, " + name + ")",
                    errno,
                    errno == Errno.EBUSY || errno == Errno.EINVAL
                            ? "is there an interface of that name already (ip link)? Choose another one"
                            : "run it as root");
        }
    }

    private static void takeOffloads(Arena arena, int descriptor, int header) throws Throwable {
        MemorySegment state = Posix.newState(arena);
        MemorySegment features = MemorySegment.ofAddress(TUN_F_CSUM); // by value
        if ((int) IOCTL.invokeExact(state, descriptor, TUNSETVNETHDRSZ, arena.allocateFrom(JAVA_INT, header)) < 0
                || (int) IOCTL.invokeExact(state, descriptor, TUNSETOFFLOAD, features) < 0) {
            throw new PosixException(
                    "ioctl(TUNSETOFFLOAD, /dev/net/tun)",
                    Posix.errno(state),
                    "the kernel cannot leave checksums to its user here: do without offloads");
        }
    }

    /** Each is its user's, who closes it. */
    public List<TapQueue> queues() {
        return queues;
    }

    /** Its name, which may be another than it was created with; empty when it has been deleted. */
    public String name() {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment request = InterfaceFeatures.request(confined, "");
            return (int) IOCTL.invokeExact(Posix.newState(confined), descriptor, TUNGETIFF, request) < 0
                    ? ""
                    : request.getString(0);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** Its number; empty when it has been deleted, or is not in this network namespace. */
    public OptionalInt index() {
        String name = name();
        return name.isEmpty() || !isHere(name) ? OptionalInt.empty() : Interfaces.indexOf(name);
    }

    private boolean isHere(String name) {
        try (Arena confined = Arena.ofConfined()) {
            int namespace =
                    (int) IOCTL.invokeExact(Posix.newState(confined), descriptor, TUNGETDEVNETNS, MemorySegment.NULL);
            if (namespace < 0) {
                // A kernel before 5.2: then it is here if its number is still that of its name.
                return Interfaces.nameOf(firstIndex).filter(name::equals).isPresent();
            }
            try {
                Path own = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));
                return own.equals(Files.readSymbolicLink(Path.of("/proc/self/fd/" + namespace)));
            } finally {
                Posix.close(namespace);
            }
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /**
     * Gives the interface its Ethernet address, six bytes in wire order, in whichever network namespace it is.
     *
     * @throws PosixException if it does not take it; {@link Errno#ENODEV} if it has been deleted
     */
    public void setMac(byte[] mac) {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment state = Posix.newState(confined);
            MemorySegment request = InterfaceFeatures.request(confined, "");
            request.set(JAVA_SHORT, IFREQ_UNION, ARPHRD_ETHER);
            request.asSlice(IFREQ_UNION + Short.BYTES, mac.length).copyFrom(MemorySegment.ofArray(mac));
            if ((int) IOCTL.invokeExact(state, descriptor, SIOCSIFHWADDR, request) < 0) {
                int errno = Posix.errno(state);
                throw new PosixException(
                        "ioctl(SIOCSIFHWADDR, /dev/net/tun)", errno == Errno.EBADFD ? Errno.ENODEV : errno, "");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /**
     * Sets the interface's MTU, in bytes.
     *
     * @throws PosixException if it does not take it; {@link Errno#ENODEV} if it has been deleted, or is not in this network
     *     namespace any more
     */
    public void setMtu(int mtu) {
        int index = index().orElseThrow(() -> new PosixException("RTM_SETLINK(MTU " + mtu + ")", Errno.ENODEV, ""));
        Interfaces.setMtu(index, mtu);
    }

    /**
     * Sets the interface's carrier: without it the kernel sends nothing there, and says so to those who ask. Nothing happens if the
     * kernel has no such call (before 5.0), where the carrier is always on, or no such interface.
     */
    public void setCarrier(boolean on) {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment own = Posix.newState(confined);
            int ignored = (int)
                    IOCTL.invokeExact(own, descriptor, TUNSETCARRIER, confined.allocateFrom(JAVA_INT, on ? 1 : 0));
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
