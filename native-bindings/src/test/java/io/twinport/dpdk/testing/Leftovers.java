package io.twinport.dpdk.testing;

import io.twinport.dpdk.EthDev;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Takes away what a test that failed has left: devices and mbuf pools. All classes of a module share one EAL, in which a name
 * is there once, so that without this one failure would bring down all tests behind it that use the same names.
 *
 * <p>Registered for all tests, by {@code META-INF/services}. It looks only where {@link TestEal} has been started. Nothing is
 * taken away under a thread that may still use it: those that the test has started are interrupted and waited for first, and
 * where one stays all is left as it is, and said.
 */
public final class Leftovers
        implements Extension, BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Leftovers.class);
    private static final String METHOD = "before the test";
    private static final String CLASS = "before the class";

    /** A poll loop ends after its pass; what waits for another thread is interrupted. */
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private static final int MOST_PORTS = 32;
    private static final int MOST_RINGS = 16;
    private static final int MEMPOOL_NAME = 32;

    private record There(Set<Thread> threads, Set<String> devices, Set<String> pools) {
        static There now() {
            boolean isStarted = TestEal.isStarted();
            return new There(
                    new HashSet<>(Thread.getAllStackTraces().keySet()),
                    isStarted ? Dpdk.devices() : Set.of(),
                    isStarted ? Dpdk.pools(Set.of(), false) : Set.of());
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(NAMESPACE).put(CLASS, There.now());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put(METHOD, There.now());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            clean(context.getStore(NAMESPACE).get(METHOD, There.class));
        }
    }

    /** What a class has made for all of its tests it takes away itself, unless one of its last steps fails. */
    @Override
    public void afterAll(ExtensionContext context) {
        clean(context.getStore(NAMESPACE).get(CLASS, There.class));
    }

    private static void clean(There before) {
        if (!TestEal.isStarted()) {
            return;
        }
        There now = There.now();
        Set<String> devices = without(now.devices, before.devices);
        Set<String> pools = without(now.pools, before.pools);
        if (devices.isEmpty() && pools.isEmpty()) {
            return;
        }
        System.out.println("left behind: devices " + devices + ", pools " + pools);
        if (!end(now.threads, before.threads)) {
            System.out.println("a thread of the test still runs, so they stay: tests that follow may fail for it");
            return;
        }
        devices.forEach(name -> EthDev.probe(name).removeGone());
        Dpdk.emptyRings();
        Dpdk.pools(pools, true);
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    /**
     * Whether all threads have ended that were started since; those of DPDK's that have ever made an upcall stay, and are in no
     * Java method now.
     */
    private static boolean end(Set<Thread> now, Set<Thread> before) {
        Set<Thread> started = new HashSet<>(now);
        started.removeAll(before);
        started.remove(Thread.currentThread());
        started.forEach(Thread::interrupt);
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        try {
            for (Thread thread : started) {
                if (isInJava(thread)) {
                    thread.join(Math.max(1, end - System.currentTimeMillis()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return started.stream().noneMatch(Leftovers::isInJava);
    }

    private static boolean isInJava(Thread thread) {
        return thread.isAlive() && thread.getStackTrace().length > 0;
    }

    /** Within a class of its own, so that tests without DPDK never load it. */
    private static final class Dpdk {
        private static final MethodHandle IS_PORT = function(
                "rte_eth_dev_is_valid_port", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_SHORT));
        private static final MethodHandle PORT_NAME = function(
                "rte_eth_dev_get_name_by_port",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_SHORT, ValueLayout.ADDRESS));
        private static final MethodHandle WALK =
                function("rte_mempool_walk", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        private static final MethodHandle FREE =
                function("rte_mempool_free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        private static final MethodHandle RING =
                function("rte_ring_lookup", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        private static final MethodHandle EMPTY =
                function("rte_ring_reset", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

        private static MethodHandle function(String name, FunctionDescriptor type) {
            return Linker.nativeLinker()
                    .downcallHandle(SymbolLookup.loaderLookup().findOrThrow(name), type);
        }

        static Set<String> devices() {
            Set<String> names = new TreeSet<>();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment name = arena.allocate(64);
                for (short port = 0; port < MOST_PORTS; port++) {
                    if ((int) IS_PORT.invokeExact(port) != 0 && (int) PORT_NAME.invokeExact(port, name) == 0) {
                        names.add(name.getString(0));
                    }
                }
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            return names;
        }

        /**
         * A {@code net_ring}'s rings outlive it, with what is in them, and the next one of its name has them. The mbufs are those of
         * a pool that goes too.
         */
        static void emptyRings() {
            Set<String> present = devices();
            try (Arena arena = Arena.ofConfined()) {
                for (int i = 0; i < MOST_RINGS * MOST_RINGS; i++) {
                    String device = "net_ring" + i / MOST_RINGS;
                    MemorySegment name = arena.allocateFrom("ETH_RXTX" + i % MOST_RINGS + "_" + device);
                    MemorySegment ring = (MemorySegment) RING.invokeExact(name);
                    if (ring.address() != 0 && !present.contains(device)) {
                        EMPTY.invokeExact(ring);
                    }
                }
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        /** The names of all pools; those that are named are freed if that is wanted. */
        static Set<String> pools(Set<String> named, boolean free) {
            Pools pools = new Pools();
            try (Arena arena = Arena.ofConfined()) {
                FunctionDescriptor type = FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS);
                MethodHandle see = MethodHandles.lookup()
                        .bind(
                                pools,
                                "see",
                                MethodType.methodType(void.class, MemorySegment.class, MemorySegment.class));
                WALK.invokeExact(Linker.nativeLinker().upcallStub(see, type, arena), MemorySegment.NULL);
                for (MemorySegment pool : pools.found) {
                    if (free && named.contains(Pools.name(pool))) {
                        FREE.invokeExact(pool);
                    }
                }
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            return pools.names;
        }

        /** A walk holds a lock, so that nothing can be freed in it. */
        private static final class Pools {
            private final Set<MemorySegment> found = new HashSet<>();
            private final Set<String> names = new TreeSet<>();

            @SuppressWarnings("unused") // called by DPDK
            void see(MemorySegment pool, MemorySegment unused) {
                found.add(pool);
                names.add(name(pool));
            }

            static String name(MemorySegment pool) {
                return pool.reinterpret(MEMPOOL_NAME).getString(0);
            }
        }
    }
}
