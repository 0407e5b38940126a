package io.twinport.dpdk;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Offsets, sizes and constants of the DPDK release that was loaded, looked up by their C names in jextract's output
 * for that release.
 *
 * <p>Hot classes keep them in {@code static final} fields, so that the JIT sees constants. Every look-up is
 * remembered: {@code AbiLayoutTest} compares all of them with what the C compiler says.
 */
public final class Abi {
    private static volatile @Nullable Release release;
    static final Map<String, Long> USED = new ConcurrentSkipListMap<>();

    private Abi() {}

    /** Chooses the release, once per process: constants derived from it may already be compiled in. */
    static void choose(Release chosen) {
        Release before = release;
        if (before != null && before != chosen) {
            throw new IllegalStateException("DPDK " + before.title() + " is loaded already, not " + chosen.title());
        }
        release = chosen;
    }

    /** The release that was loaded. */
    public static Release release() {
        return Objects.requireNonNull(release, "libdpdk is not loaded: call DpdkLibraries.load() first");
    }

    /**
     * The offset in bytes of a field, {@code offset("rte_mbuf", "data_off")}, or of one in an unnamed struct within,
     * {@code offset("rte_eth_conf", "rx_adv_conf.rss_conf")}.
     */
    public static int offset(String struct, String field) {
        return (int) USED.computeIfAbsent("offsetof " + struct + " " + field, key -> find(struct, field))
                .longValue();
    }

    private static long find(String struct, String field) {
        int dot = field.indexOf('.');
        String first = dot < 0 ? field : field.substring(0, dot);
        long offset = call(release().bindings() + "." + struct, first + "$offset");
        return dot < 0 ? offset : offset + find(struct + "$" + first, field.substring(dot + 1));
    }

    /** The size of a struct in bytes. */
    public static int size(String struct) {
        return (int) remember("sizeof " + struct, struct, "sizeof");
    }

    /** A macro or enum constant. */
    public static long constant(String name) {
        return remember("constant " + name, "Dpdk", name);
    }

    private static long remember(String key, String type, String method) {
        return USED.computeIfAbsent(key, k -> call(release().bindings() + "." + type, method));
    }

    private static long call(String type, String method) {
        try {
            Method getter = Class.forName(type).getMethod(method);
            return ((Number) getter.invoke(null)).longValue();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the bindings lack " + type + "." + method, e);
        }
    }
}
