package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** What DPDK and its drivers say on stderr, by component: {@code pmd.net.virtio.driver}, {@code lib.eal}. Any thread. */
public final class EalLog {
    /** {@code RTE_LOG_...}; the names are those of {@code --log-level}. */
    public enum Level {
        EMERGENCY(1),
        ALERT(2),
        CRITICAL(3),
        ERROR(4),
        WARNING(5),
        NOTICE(6),
        INFO(7),
        DEBUG(8);

        private final int number;

        Level(int number) {
            this.number = number;
        }
    }

    private static final MethodHandle SET_LEVEL =
            Symbols.function("rte_log_set_level_pattern", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    private EalLog() {}

    /**
     * From now on components say what is of this level and above.
     *
     * @param pattern of their names, as a shell has it: {@code pmd.net.*}
     */
    public static void set(String pattern, Level level) {
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) SET_LEVEL.invokeExact(arena.allocateFrom(pattern), level.number);
            DpdkException.check(result, "rte_log_set_level_pattern(" + pattern + ")", "");
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }
}
