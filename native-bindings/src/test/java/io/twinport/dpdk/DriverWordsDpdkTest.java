package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.TestEal;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriverWordsDpdkTest {
    private static final int CRITICAL = 3;

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

    /** Each thread hears what is said to itself. */
    @Test
    void shouldKeepTheWordsOfThreadsApart() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<String>> probes = IntStream.range(10, 30)
                    .<Callable<String>>mapToObj(
                            i -> () -> refusal("net_pcap" + i + ",rx_pcap=" + folder.resolve("none" + i)))
                    .toList();
            for (Future<String> said : threads.invokeAll(probes)) {
                String message = said.get();
                String file = message.replaceAll(".*rx_pcap=([^)]*)\\).*", "$1");
                assertTrue(message.contains("Couldn't open " + file + ":"), message);
                assertEquals(1, message.split("Couldn't open", -1).length - 1, message);
            }
        }
        assertEquals(CRITICAL, level());
    }
}
