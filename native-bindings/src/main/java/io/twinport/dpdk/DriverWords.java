package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What DPDK and its drivers say on the calling thread while they are called there: most return -1 for whatever goes wrong,
 * and only their log has the reason.
 *
 * <p>They say it as an error, and ordinarily nothing below critical is said, since a driver tells a lost link as an error
 * from within the interrupt. So while somebody listens the level is lower, and DPDK's log goes through an upcall. What would
 * have been said anyway goes on to stderr, whoever says it: a panic's words are the last ones.
 */
final class DriverWords implements AutoCloseable {
    private static final int ERROR = 4;

    /** {@code _IONBF} */
    private static final int UNBUFFERED = 2;

    /** A driver that has been called for so long waits for something, and has said what it had to. */
    private static final int MOST_SECONDS = 1;

    /** The first lines say the reason, those after them who has been told of it. */
    private static final int MOST_LINES = 3;

    /** What EAL says of any driver that refuses a device. */
    private static final Pattern NO_REASON =
            Pattern.compile("EAL: (Driver cannot attach the device|Failed to attach device) ");

    private static final int MOST_CHARACTERS = 400;

    private static final StructLayout FUNCTIONS =
            MemoryLayout.structLayout(ADDRESS, ADDRESS.withName("write"), ADDRESS, ADDRESS);
    private static final FunctionDescriptor WRITE = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG);
    private static final MethodHandle OPEN_STREAM =
            Symbols.function("rte_openlog_stream", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle GET_LEVEL =
            Symbols.function("rte_log_get_global_level", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle SET_LEVEL =
            Symbols.function("rte_log_set_global_level", FunctionDescriptor.ofVoid(JAVA_INT));
    private static final MethodHandle MESSAGE_LEVEL =
            Symbols.function("rte_log_cur_msg_loglevel", FunctionDescriptor.of(JAVA_INT));

    /** A {@code FILE} that is never closed: a DPDK thread may have it in its hands at any time. */
    private static final MemorySegment STREAM = stream();

    private static final ThreadLocal<@Nullable DriverWords> OF_THREAD = new ThreadLocal<>();

    private static int listeners;

    /** What is said to everybody. */
    private static volatile int usualLevel;

    private final StringBuilder words = new StringBuilder();
    private boolean isListening;

    private DriverWords() {}

    /** From now on, until it is closed, what is said on this thread is kept for {@link #said}. */
    static DriverWords listen() {
        DriverWords listener = new DriverWords();
        OF_THREAD.set(listener);
        begin(listener);
        CompletableFuture.delayedExecutor(MOST_SECONDS, TimeUnit.SECONDS).execute(() -> end(listener));
        return listener;
    }

    /** What has been said on this thread so far, in one line; empty if nothing was. */
    String said() {
        return words.toString()
                .lines()
                .map(line -> line.replaceAll("\\p{Cntrl}", "?").strip())
                .filter(line -> !line.isEmpty() && !NO_REASON.matcher(line).lookingAt())
                .limit(MOST_LINES)
                .collect(Collectors.joining("; "));
    }

    @Override
    public void close() {
        end(this);
        OF_THREAD.remove();
    }

    private static synchronized void begin(DriverWords listener) {
        int level = listeners == 0 ? call(GET_LEVEL) : usualLevel;
        if (level >= ERROR) {
            return; // the user has asked for it all, and sees it
        }
        listener.isListening = true;
        if (listeners++ == 0) {
            usualLevel = level;
            lead(STREAM, ERROR);
        }
    }

    private static synchronized void end(DriverWords listener) {
        if (listener.isListening && --listeners == 0) {
            lead(MemorySegment.NULL, usualLevel);
        }
        listener.isListening = false;
    }

    /** @param stream where the log goes, NULL for where it goes usually */
    private static void lead(MemorySegment stream, int level) {
        try {
            int ignored = (int) OPEN_STREAM.invokeExact(stream);
            SET_LEVEL.invokeExact(level);
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    private static int call(MethodHandle function) {
        try {
            return (int) function.invokeExact();
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** Called by libc for each message, on the thread that logs it, which may be any. Nothing may leave an upcall. */
    @SuppressWarnings({"unused", "CatchingUnchecked"})
    private static long write(long cookie, MemorySegment bytes, long length) {
        try {
            byte[] text = bytes.reinterpret(length).toArray(JAVA_BYTE);
            DriverWords listener = OF_THREAD.get();
            if (listener != null && listener.words.length() < MOST_CHARACTERS) {
                listener.words.append(new String(text, StandardCharsets.UTF_8));
            }
            if (call(MESSAGE_LEVEL) <= usualLevel) {
                passOn(text);
            }
        } catch (Throwable e) {
            // It was a line of a log.
        }
        return length;
    }

    @SuppressWarnings("resource") // stderr is not ours to close
    private static void passOn(byte[] text) throws IOException {
        new FileOutputStream(FileDescriptor.err).write(text);
    }

    private static MemorySegment stream() {
        Linker linker = Linker.nativeLinker();
        // Global: DPDK may write as long as the process lives.
        Arena arena = Arena.global();
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findStatic(
                            DriverWords.class,
                            "write",
                            MethodType.methodType(long.class, long.class, MemorySegment.class, long.class));
            MemorySegment functions = arena.allocate(FUNCTIONS);
            functions.set(
                    ADDRESS,
                    FUNCTIONS.byteOffset(MemoryLayout.PathElement.groupElement("write")),
                    linker.upcallStub(target, WRITE, arena));
            MethodHandle open = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("fopencookie"),
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, FUNCTIONS));
            MemorySegment stream =
                    (MemorySegment) open.invokeExact(MemorySegment.NULL, arena.allocateFrom("w"), functions);
            MethodHandle setBuffer = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("setvbuf"),
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG));
            // Else a message may lie in the stream's buffer until another thread, with one of its own, writes both.
            if (stream.equals(MemorySegment.NULL)
                    || (int) setBuffer.invokeExact(stream, MemorySegment.NULL, UNBUFFERED, 0L) != 0) {
                throw new DpdkException("fopencookie() failed: the C library has no memory for a stream");
            }
            return stream;
        } catch (DpdkException e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }
}
