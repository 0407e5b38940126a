package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * A dictionary of an answer of a {@link TelemetryCommand}. Names have letters, digits, {@code _} and {@code /} only; DPDK cuts names and
 * texts after 127 bytes, takes 256 entries in a dictionary, and leaves out what goes beyond 16 KiB of JSON.
 */
public final class TelemetryDict {
    private static final MethodHandle START =
            Symbols.function("rte_tel_data_start_dict", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    private static final MethodHandle ADD_STRING = Symbols.function(
            "rte_tel_data_add_dict_string", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS));

    /** By its older name, which 24.11 has too; that release's {@code add_dict_int} has another type than 22.11's. */
    private static final MethodHandle ADD_NUMBER = Symbols.function(
            "rte_tel_data_add_dict_u64", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, JAVA_LONG));

    private static final MethodHandle ADD_CONTAINER = Symbols.function(
            "rte_tel_data_add_dict_container",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle ALLOCATE =
            Symbols.function("rte_tel_data_alloc", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle FREE =
            Symbols.function("rte_tel_data_free", FunctionDescriptor.ofVoid(JAVA_LONG));

    /** DPDK frees the inner dictionaries of an answer when it has sent it. */
    private static final int FREE_IT = 0;

    private final long data;
    private final List<TelemetryDict> inner = new ArrayList<>();

    /** @param data address of DPDK's {@code rte_tel_data}, which becomes an empty dictionary */
    TelemetryDict(long data) {
        this.data = data;
        try {
            DpdkException.check((int) START.invokeExact(data), "rte_tel_data_start_dict()", "");
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** Adds a text. */
    public void put(String name, String value) {
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) ADD_STRING.invokeExact(data, arena.allocateFrom(name), arena.allocateFrom(value));
            DpdkException.check(result, "rte_tel_data_add_dict_string(" + name + ")", "");
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** Adds a number, which has no sign. */
    public void put(String name, long value) {
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) ADD_NUMBER.invokeExact(data, arena.allocateFrom(name), value);
            DpdkException.check(result, "rte_tel_data_add_dict_u64(" + name + ")", "");
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** Adds a dictionary, still empty. */
    public TelemetryDict putDict(String name) {
        try (Arena arena = Arena.ofConfined()) {
            long allocated = (long) ALLOCATE.invokeExact();
            if (allocated == 0) {
                throw new DpdkException("rte_tel_data_alloc() failed: no memory");
            }
            TelemetryDict dict = new TelemetryDict(allocated);
            inner.add(dict);
            int result = (int) ADD_CONTAINER.invokeExact(data, arena.allocateFrom(name), allocated, FREE_IT);
            DpdkException.check(result, "rte_tel_data_add_dict_container(" + name + ")", "");
            return dict;
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** Frees the dictionaries in this one, where DPDK will not. */
    void free() {
        for (TelemetryDict dict : inner) {
            dict.free();
            try {
                FREE.invokeExact(dict.data);
            } catch (Throwable e) {
                throw Symbols.impossible(e);
            }
        }
    }
}
