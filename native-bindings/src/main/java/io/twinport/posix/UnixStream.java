package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * A connected unix stream socket that also carries descriptors (SCM_RIGHTS, unix(7)), which the JDK's channels do not. It
 * never waits. For one thread.
 *
 * <pre>
 *   msghdr   0       8      16      24        32        40           48          cmsghdr  0       8       12     16
 *           +-------+------+-------+---------+---------+------------+-------+            +-------+-------+------+------
 *           | name  | len  | iov   | iov len | control | control len| flags |            | length| level | type | fds
 *           +-------+------+-------+---------+---------+------------+-------+            +-------+-------+------+------
 * </pre>
 */
public final class UnixStream implements AutoCloseable {
    /** Descriptors of one message that are taken; vhost-user has 8 at most. */
    public static final int MOST_DESCRIPTORS = 16;

    /** What {@link #receive} returns while there is nothing. */
    public static final int NOTHING_YET = -1;

    private static final int SOCK_STREAM = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    private static final long HEADER_BYTES = 56;
    private static final long IOV = 16;
    private static final long IOV_COUNT = 24;
    private static final long CONTROL = 32;
    private static final long CONTROL_LENGTH = 40;
    private static final long CONTROL_HEADER = 16;

    private static final MethodHandle CONNECT =
            Posix.function("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SENDMSG =
            Posix.function("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVMSG =
            Posix.function("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    private final int descriptor;
    private boolean closed;

    /** @param descriptor of a connected socket, which is this object's from now on */
    public UnixStream(int descriptor) {
        this.descriptor = descriptor;
    }

    /** @throws PosixException if nobody listens at the path, or whoever does has no room for another connection */
    public static UnixStream connect(String path) {
        return new UnixStream(socket(CONNECT, "connect", path));
    }

    /**
     * A stream socket that never waits, after a call that gives it a path.
     *
     * @param call connect(2) or bind(2)
     * @throws PosixException if that fails
     */
    static int socket(MethodHandle call, String name, String path) {
        int socket = Posix.socket("AF_UNIX", UnixDatagrams.AF_UNIX, SOCK_STREAM | Posix.SOCK_NONBLOCK);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = UnixDatagrams.address(arena, path);
            MemorySegment state = Posix.newState(arena);
            int result = (int) call.invokeExact(state, socket, address, (int) address.byteSize());
            if (result < 0) {
                throw new PosixException(name + "(" + path + ")", Posix.errno(state), "");
            }
            return socket;
        } catch (PosixException e) {
            Posix.close(socket);
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** For {@link PollSet}. */
    public int descriptor() {
        return descriptor;
    }

    /**
     * Sends bytes, and descriptors with the first of them; the descriptors stay the caller's.
     *
     * @throws PosixException if the peer has gone, or does not read what it is sent
     */
    public void send(byte[] bytes, int... descriptors) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = MemorySegment.NULL;
            if (descriptors.length > 0) {
                control = arena.allocate(CONTROL_HEADER + controlBytes(descriptors.length), Long.BYTES);
                control.set(JAVA_LONG, 0, CONTROL_HEADER + (long) descriptors.length * Integer.BYTES);
                control.set(JAVA_INT, 8, SOL_SOCKET);
                control.set(JAVA_INT, 12, SCM_RIGHTS);
                MemorySegment.copy(descriptors, 0, control, JAVA_INT, CONTROL_HEADER, descriptors.length);
            }
            MemorySegment state = Posix.newState(arena);
            MemorySegment header = header(arena, arena.allocateFrom(JAVA_BYTE, bytes), control);
            long sent =
                    (long) SENDMSG.invokeExact(state, descriptor, header, UnixDatagrams.MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent != bytes.length) {
                // A part of it: the peer's buffer is full.
                throw new PosixException("sendmsg()", sent < 0 ? Posix.errno(state) : Errno.EAGAIN, "");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /**
     * Takes bytes that have come.
     *
     * @param bytes where they go
     * @param from where in it, up to its end
     * @param descriptors where descriptors go that came with them, the caller's from now on; -1 behind the last
     * @return how many bytes, 0 at the connection's end, {@link #NOTHING_YET} if there are none yet
     * @throws PosixException if the connection has broken
     */
    public int receive(byte[] bytes, int from, int[] descriptors) {
        Arrays.fill(descriptors, -1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate((long) bytes.length - from);
            MemorySegment control = arena.allocate(CONTROL_HEADER + controlBytes(descriptors.length), Long.BYTES);
            MemorySegment header = header(arena, buffer, control);
            MemorySegment state = Posix.newState(arena);
            long got = (long) RECVMSG.invokeExact(state, descriptor, header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
            if (got < 0) {
                int errno = Posix.errno(state);
                if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
                    return NOTHING_YET;
                }
                throw new PosixException("recvmsg()", errno, "");
            }
            takeDescriptors(header, control, descriptors);
            MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, from, (int) got);
            return (int) got;
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** More of them than there is room for the kernel has closed (MSG_CTRUNC). */
    private static void takeDescriptors(MemorySegment header, MemorySegment control, int[] descriptors) {
        boolean isThere = header.get(JAVA_LONG, CONTROL_LENGTH) >= CONTROL_HEADER
                && control.get(JAVA_INT, 8) == SOL_SOCKET
                && control.get(JAVA_INT, 12) == SCM_RIGHTS;
        if (isThere) {
            int count = (int) ((control.get(JAVA_LONG, 0) - CONTROL_HEADER) / Integer.BYTES);
            MemorySegment.copy(control, JAVA_INT, CONTROL_HEADER, descriptors, 0, Math.min(count, descriptors.length));
        }
    }

    private static MemorySegment header(Arena arena, MemorySegment bytes, MemorySegment control) {
        MemorySegment iov = arena.allocate(2 * Long.BYTES, Long.BYTES);
        iov.set(ADDRESS, 0, bytes);
        iov.set(JAVA_LONG, Long.BYTES, bytes.byteSize());
        MemorySegment header = arena.allocate(HEADER_BYTES, Long.BYTES);
        header.set(ADDRESS, IOV, iov);
        header.set(JAVA_LONG, IOV_COUNT, 1);
        header.set(ADDRESS, CONTROL, control);
        header.set(JAVA_LONG, CONTROL_LENGTH, control.byteSize());
        return header;
    }

    /** The kernel aligns what follows a control header to 8 bytes. */
    private static long controlBytes(int descriptors) {
        return ((long) descriptors * Integer.BYTES + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    }

    /** Closes a descriptor that {@link #receive} has taken. */
    public static void closeDescriptor(int received) {
        Posix.close(received);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Posix.close(descriptor);
        }
    }
}
