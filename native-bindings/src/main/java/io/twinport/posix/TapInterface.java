package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A network interface of the kernel whose wire is a descriptor of ours: what is written to it the kernel receives, and
 * what the kernel sends is read from it. It vanishes when it is closed.
 *
 * <p>{@link #read}, {@link #write} and {@link #await} are for one thread and allocate nothing.
 */
public final class TapInterface implements AutoCloseable {
    /** The longest name that Linux allows. */
    public static final int LONGEST_NAME = 15;

    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final short IFF_TAP = 2;
    private static final short IFF_NO_PI = 0x1000;
    private static final long TUNSETIFF = 0x400454ca;
    private static final long TUNSETCARRIER = 0x400454e2;
    private static final long SIOCSIFHWADDR = 0x8924;
    private static final long SIOCSIFMTU = 0x8922;
    private static final short ARPHRD_ETHER = 1;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_UNION = 16;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | O_CLOEXEC;
    private static final short POLLIN = 1;

    private static final MethodHandle OPEN =
            Posix.variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
    private static final MethodHandle IOCTL =
            Posix.variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);
    private static final MethodHandle SOCKET =
            Posix.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE = Posix.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle READ =
            Posix.function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITE =
            Posix.function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PPOLL =
            Posix.function("ppoll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));

    private final String name;
    private final int descriptor;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = Posix.newState(arena);
    private final MemorySegment pollDescriptor = arena.allocate(8, 4);
    private final MemorySegment pollTime = arena.allocate(16, 8);

    private TapInterface(String name, int descriptor) {
        this.name = name;
        this.descriptor = descriptor;
        pollDescriptor.set(JAVA_INT, 0, descriptor);
        pollDescriptor.set(JAVA_SHORT, 4, POLLIN);
    }

    /**
     * Creates the interface, down and without addresses.
     *
     * @throws PosixException if the name is taken, or there is no right to (CAP_NET_ADMIN, /dev/net/tun)
     */
    public static TapInterface create(String name) {
        int descriptor = -1;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Posix.newState(arena);
            descriptor =
                    (int) OPEN.invokeExact(state, arena.allocateFrom("/dev/net/tun"), O_RDWR | O_NONBLOCK | O_CLOEXEC);
            if (descriptor < 0) {
                throw new PosixException(
                        "open(/dev/net/tun)", Posix.errno(state), "a TAP needs root and the kernel's tun module");
            }
            MemorySegment request = request(arena, name);
            request.set(JAVA_SHORT, IFREQ_UNION, (short) (IFF_TAP | IFF_NO_PI));
            if ((int) IOCTL.invokeExact(state, descriptor, TUNSETIFF, request) < 0) {
                int errno = Posix.errno(state);
                throw new PosixException(
                        "ioctl(TUNSETIFF, " + name + ")",
                        errno,
                        errno == Errno.EBUSY || errno == Errno.EINVAL
                                ? "is there an interface of that name already (ip link)? Choose another one"
                                : "run it as root");
            }
            return new TapInterface(name, descriptor);
        } catch (PosixException e) {
            close(descriptor);
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    public String name() {
        return name;
    }

    /** Gives the interface its Ethernet address, six bytes in wire order. */
    public void setMac(byte[] mac) {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment request = request(confined, name);
            request.set(JAVA_SHORT, IFREQ_UNION, ARPHRD_ETHER);
            request.asSlice(IFREQ_UNION + Short.BYTES, mac.length).copyFrom(MemorySegment.ofArray(mac));
            control(confined, "SIOCSIFHWADDR", SIOCSIFHWADDR, request);
        }
    }

    /** Sets the interface's MTU, in bytes. */
    public void setMtu(int mtu) {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment request = request(confined, name);
            request.set(JAVA_INT, IFREQ_UNION, mtu);
            control(confined, "SIOCSIFMTU", SIOCSIFMTU, request);
        }
    }

    /**
     * Sets the interface's carrier: without it the kernel sends nothing there, and says so to those who ask. Any thread,
     * until {@link #close}.
     *
     * @return false if the kernel has no such call (before 5.0): the carrier is on then
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

    /**
     * Takes a frame that the kernel sends.
     *
     * @return its length, 0 if there is none
     */
    public int read(long address, int room) {
        try {
            return (int) Math.max(0, (long) READ.invokeExact(state, descriptor, address, (long) room));
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /**
     * Gives the kernel a frame.
     *
     * @return false if it did not take it: the interface is down
     */
    public boolean write(long address, int length) {
        try {
            return (long) WRITE.invokeExact(state, descriptor, address, (long) length) == length;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** Waits until the kernel sends, at most so long. */
    public void await(long nanos) {
        pollTime.set(JAVA_LONG, 0, nanos / 1_000_000_000);
        pollTime.set(JAVA_LONG, 8, nanos % 1_000_000_000);
        try {
            int ignored = (int) PPOLL.invokeExact(state, pollDescriptor, 1L, pollTime, MemorySegment.NULL);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** Removes the interface. Its thread must have ended. */
    @Override
    public void close() {
        close(descriptor);
        arena.close();
    }

    private static void close(int descriptor) {
        if (descriptor < 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) CLOSE.invokeExact(Posix.newState(arena), descriptor);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    private static MemorySegment request(Arena arena, String name) {
        MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
        request.setString(0, name);
        return request;
    }

    /** Interfaces are configured through any socket. */
    private void control(Arena confined, String call, long number, MemorySegment request) {
        try {
            MemorySegment own = Posix.newState(confined);
            int socket = (int) SOCKET.invokeExact(own, AF_INET, SOCK_DGRAM_CLOEXEC, 0);
            int result = (int) IOCTL.invokeExact(own, socket, number, request);
            int errno = Posix.errno(own);
            close(socket);
            if (result < 0) {
                throw new PosixException("ioctl(" + call + ", " + name + ")", errno, "");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
