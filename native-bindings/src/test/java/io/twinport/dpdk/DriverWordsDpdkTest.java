package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.TestEal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriverWordsDpdkTest {
    private static final int CRITICAL = 3;

    private static final MethodHandle LOG = Linker.nativeLinker()
            .downcallHandle(
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
                    Linker.Option.firstVariadicArg(3));

    @TempDir
    private Path folder;

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    private static String refusal(String devargs) {
        return String.valueOf(
                assertThrows(DpdkException.class, () -> EthDev.probe(devargs)).getMessage());
    }

    private static int level() {
        MethodHandle get = Symbols.function("rte_log_get_global_level", FunctionDescriptor.of(ValueLayout.JAVA_INT));
        try {
            return (int) get.invokeExact();
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** A socket's file that a process has left behind, and nothing but -1 comes back. */
    @Test
    void shouldTellTheDriversOwnReason() throws IOException {
        Path inTheWay = folder.resolve("s");
        ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(inTheWay));
        dead.close(); // which leaves the file
        String message = refusal("net_virtio_user7,path=" + inTheWay + ",server=1");
        assertTrue(message.contains("and DPDK says \""), message);
        assertTrue(message.contains(inTheWay + ": Address already in use; remove it and try again"), message);
        assertEquals(CRITICAL, level(), "what it takes to hear it stays as it was");
    }

    @Test
    void shouldNotRepeatWhatGivesNoReason() {
        String message = refusal("net_null7,nonsense=1");
        assertFalse(message.contains("Driver cannot attach"), message);
    }

    /** What another thread says meanwhile is not this driver's reason. */
    @Test
    void shouldKeepTheWordsOfThreadsApart() throws InterruptedException {
        AtomicBoolean enough = new AtomicBoolean();
        AtomicLong said = new AtomicLong();
        Thread other = Thread.ofPlatform().start(() -> {
            while (!enough.get()) {
                log("somebody else's words\n");
                said.incrementAndGet();
            }
        });
        try {
            for (int i = 0; i < 300; i++) {
                String message = refusal("net_memif7,role=nonsense" + i);
                assertTrue(message.contains("says \"memif_set_role(): Unknown role: nonsense" + i + ".\""), message);
            }
        } finally {
            enough.set(true);
            other.join();
        }
        assertTrue(said.get() > 300, said::toString);
        assertEquals(CRITICAL, level());
    }

    /** {@code rte_log} of an error of EAL's. */
    private static void log(String text) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) LOG.invokeExact(
                    MemorySegment.ofAddress(Symbols.address("rte_log")), CRITICAL + 1, 0, arena.allocateFrom(text));
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }
}
