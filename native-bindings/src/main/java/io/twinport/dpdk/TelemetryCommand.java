package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.agrona.ErrorHandler;

/**
 * A command of DPDK's telemetry socket, which {@code dpdk-telemetry.py} asks. It is answered by an upcall on a DPDK thread,
 * one for each client, on the CPUs of the control threads. DPDK does not let a command go: one that is closed answers that
 * the process is ending.
 */
public final class TelemetryCommand implements AutoCloseable {
    /** What a command answers. */
    @FunctionalInterface
    public interface Answer {
        /**
         * One call at a time. What it throws goes to the error handler, and the client gets {@code null}.
         *
         * @param parameter what follows the command and a comma, empty if nothing does
         * @param answer to be filled, in this call
         */
        void fill(String parameter, TelemetryDict answer);
    }

    private static final MethodHandle REGISTER =
            Symbols.function("rte_telemetry_register_cmd", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final FunctionDescriptor CALLBACK = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MemorySegment ON_COMMAND = upcall();

    /** Any negative number has DPDK answer {@code null}. */
    private static final int FAILED = -1;

    /** More than the socket takes of a client at once. */
    private static final int MOST_BYTES = 1024;

    /** By name: before 24.11 DPDK passes nothing else on to a callback. */
    private static final ConcurrentMap<String, TelemetryCommand> COMMANDS = new ConcurrentHashMap<>();

    private final Answer answer;
    private final ErrorHandler errors;
    private boolean closed;

    private TelemetryCommand(Answer answer, ErrorHandler errors) {
        this.answer = answer;
        this.errors = errors;
    }

    /**
     * From now on the command is answered; in place of an older one of the same name.
     *
     * @param name {@code /twinport/ports}: letters, digits, {@code _} and {@code /}
     * @param help a line of at most 127 bytes
     * @param errors told of what an answer throws
     */
    public static synchronized TelemetryCommand register(String name, String help, Answer answer, ErrorHandler errors) {
        TelemetryCommand command = new TelemetryCommand(answer, errors);
        if (COMMANDS.put(name, command) == null) {
            try (Arena arena = Arena.ofConfined()) {
                int result = (int) REGISTER.invokeExact(arena.allocateFrom(name), ON_COMMAND, arena.allocateFrom(help));
                DpdkException.check(result, "rte_telemetry_register_cmd(" + name + ")", "");
            } catch (RuntimeException e) {
                COMMANDS.remove(name);
                throw e;
            } catch (Throwable e) {
                throw Symbols.impossible(e);
            }
        }
        return command;
    }

    /** On return the answer is not being made, and never will be again. */
    @Override
    public synchronized void close() {
        closed = true;
    }

    private synchronized void fill(String parameter, TelemetryDict dict) {
        if (closed) {
            dict.put("state", "ending");
        } else {
            answer.fill(parameter, dict);
        }
    }

    /** An exception that got out of an upcall would end the JVM. */
    @SuppressWarnings("unused") // called by DPDK
    private static int onCommand(long name, long parameter, long data) {
        try {
            return Objects.requireNonNull(COMMANDS.get(string(name))).answer(string(parameter), data);
        } catch (Throwable e) {
            return FAILED;
        }
    }

    private int answer(String parameter, long data) {
        TelemetryDict dict = new TelemetryDict(data);
        try {
            fill(parameter, dict);
            return 0;
        } catch (Throwable e) {
            // With an error DPDK frees nothing of it.
            dict.free();
            errors.onError(e);
            return FAILED;
        }
    }

    /** Empty for NULL. */
    private static String string(long address) {
        return address == 0
                ? ""
                : MemorySegment.ofAddress(address).reinterpret(MOST_BYTES).getString(0);
    }

    private static MemorySegment upcall() {
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findStatic(
                            TelemetryCommand.class,
                            "onCommand",
                            MethodType.methodType(int.class, long.class, long.class, long.class));
            // Global: DPDK may call as long as the process lives.
            return Linker.nativeLinker().upcallStub(target, CALLBACK, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
