package io.twinport.posix;

import static io.twinport.posix.InterfaceControl.IFREQ_UNION;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * A network interface of the kernel whose wire are queues of ours. It vanishes when they are closed. Its user may rename
 * it, which changes nothing here, and delete it.
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
    private static final long TUNSETIFF = 0x400454ca;
    private static final long TUNGETIFF = 0x800454d2L;
    private static final long TUNSETCARRIER = 0x400454e2;
    private static final long SIOCSIFHWADDR = 0x8924;
    private static final long SIOCSIFMTU = 0x8922;
    private static final short ARPHRD_ETHER = 1;

    private static final MethodHandle OPEN =
            Posix.variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
    private static final MethodHandle IOCTL =
            Posix.variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);

    private final List<TapQueue> queues;
    private final int descriptor;

    private TapInterface(List<TapQueue> queues) {
        this.queues = List.copyOf(queues);
        this.descriptor = queues.getFirst().descriptor();
    }

    /**
     * Creates the interface, down and without addresses.
     *
     * @param queues how many it has; the kernel spreads what it sends over them by flow
     * @throws PosixException if the name is taken, or there is no right to (CAP_NET_ADMIN, /dev/net/tun)
     */
    public static TapInterface create(String name, int queues) {
        short flags = (short) (IFF_TAP | IFF_NO_PI | (queues > 1 ? IFF_MULTI_QUEUE : 0));
        List<TapQueue> opened = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            for (int q = 0; q < queues; q++) {
                opened.add(new TapQueue(open(arena)));
                attach(arena, opened.getLast().descriptor(), name, flags);
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
        MemorySegment request = InterfaceControl.request(arena, name);
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

    /** Each is its user's, who closes it. */
    public List<TapQueue> queues() {
        return queues;
    }

    /** Its name, which may be another than it was created with; empty when it has been deleted. */
    public String name() {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment request = InterfaceControl.request(confined, "");
            return (int) IOCTL.invokeExact(Posix.newState(confined), descriptor, TUNGETIFF, request) < 0
                    ? ""
                    : request.getString(0);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /**
     * Gives the interface its Ethernet address, six bytes in wire order.
     *
     * @throws PosixException if it does not take it, or is not in this network namespace any more
     */
    public void setMac(byte[] mac) {
        try (Arena confined = Arena.ofConfined()) {
            String name = name();
            MemorySegment request = InterfaceControl.request(confined, name);
            request.set(JAVA_SHORT, IFREQ_UNION, ARPHRD_ETHER);
            request.asSlice(IFREQ_UNION + Short.BYTES, mac.length).copyFrom(MemorySegment.ofArray(mac));
            InterfaceControl.call(confined, "SIOCSIFHWADDR", SIOCSIFHWADDR, name, request);
        }
    }

    /**
     * Sets the interface's MTU, in bytes.
     *
     * @throws PosixException if it does not take it, or is not in this network namespace any more
     */
    public void setMtu(int mtu) {
        try (Arena confined = Arena.ofConfined()) {
            String name = name();
            MemorySegment request = InterfaceControl.request(confined, name);
            request.set(JAVA_INT, IFREQ_UNION, mtu);
            InterfaceControl.call(confined, "SIOCSIFMTU", SIOCSIFMTU, name, request);
        }
    }

    /**
     * Sets the interface's carrier: without it the kernel sends nothing there, and says so to those who ask.
     *
     * @return false if the kernel has no such call (before 5.0): the carrier is on then; or no such interface
     */
    public boolean setCarrier(boolean on) {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment own = Posix.newState(confined);
            return (int) IOCTL.invokeExact(own, descriptor, TUNSETCARRIER, confined.allocateFrom(JAVA_INT, on ? 1 : 0))
                    == 0;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
