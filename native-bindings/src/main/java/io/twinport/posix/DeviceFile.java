package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A device of the kernel's as a file: control calls, registers at file offsets, parts of it as memory. Whoever opened
 * the descriptor closes it. For control threads.
 */
public final class DeviceFile {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final long MAP_FAILED = -1;

    private static final MethodHandle IOCTL =
            Posix.variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);
    private static final MethodHandle PREAD =
            Posix.function("pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PWRITE =
            Posix.function("pwrite", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MMAP = Posix.function(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP =
            Posix.function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private final int descriptor;
    private final String name;

    /** @param name for messages */
    public DeviceFile(int descriptor, String name) {
        this.descriptor = descriptor;
        this.name = name;
    }

    /**
     * A control call that takes a structure.
     *
     * @param call its name, for messages
     */
    public void control(String call, long request, MemorySegment argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Posix.newState(arena);
            int result = (int) IOCTL.invokeExact(state, descriptor, request, argument);
            if (result < 0) {
                throw new PosixException("ioctl(" + call + ", " + name + ")", Posix.errno(state), "");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** Fills the buffer from an offset in the file. */
    public void read(long offset, MemorySegment buffer) {
        transfer("pread", PREAD, offset, buffer);
    }

    /** Writes the buffer at an offset in the file. */
    public void write(long offset, MemorySegment buffer) {
        transfer("pwrite", PWRITE, offset, buffer);
    }

    private void transfer(String call, MethodHandle function, long offset, MemorySegment buffer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Posix.newState(arena);
            long length = buffer.byteSize();
            long done = (long) function.invokeExact(state, descriptor, buffer, length, offset);
            if (done != length) {
                // Less than asked for: there is nothing behind this offset.
                throw new PosixException(
                        call + "(" + name + ", " + length + " bytes at " + offset + ")",
                        done < 0 ? Posix.errno(state) : Errno.EFAULT,
                        "");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /**
     * Maps a part of the file, to be read and written; {@link #unmap} ends it. While a mapping stands the kernel regards
     * the device as in use, closed or not.
     *
     * @param offset a multiple of the page size
     * @return its address
     */
    public long map(long offset, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Posix.newState(arena);
            long address = (long) MMAP.invokeExact(state, 0L, length, PROT_READ_WRITE, MAP_SHARED, descriptor, offset);
            if (address == MAP_FAILED) {
                throw new PosixException(
                        "mmap(" + name + ", " + length + " bytes at " + offset + ")", Posix.errno(state), "");
            }
            return address;
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** Ends {@link #map}. */
    public static void unmap(long address, long length) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) MUNMAP.invokeExact(Posix.newState(arena), address, length);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
