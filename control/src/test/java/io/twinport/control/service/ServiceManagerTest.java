package io.twinport.control.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.posix.DatagramReceiver;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceManagerTest {
    private static final long PID = 4711;
    private static final int AWAIT_MILLIS = 30_000;

    @TempDir
    Path folder;

    private final List<String> lines = new CopyOnWriteArrayList<>();

    private String socket() {
        return folder.resolve("notify").toString();
    }

    private ServiceManager manager(String... more) {
        Map<String, String> environment = new HashMap<>(Map.of("NOTIFY_SOCKET", socket()));
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return ServiceManager.of(environment, PID, (level, line) -> lines.add(level + " " + line));
    }

    @Test
    void shouldTellItsStates() {
        try (DatagramReceiver receiver = new DatagramReceiver(socket())) {
            ServiceManager manager = manager();
            manager.ready("wan: poll loop on CPU 1");
            assertEquals("READY=1\nSTATUS=wan: poll loop on CPU 1", receiver.receive());

            long before = System.nanoTime() / 1000;
            manager.reloading();
            String[] reloading = receiver.receive().split("\nMONOTONIC_USEC=", 2);
            assertEquals("RELOADING=1", reloading[0]);
            long told = Long.parseLong(reloading[1]);
            assertTrue(before <= told && told <= System.nanoTime() / 1000, reloading[1]);

            manager.stopping();
            assertEquals("STOPPING=1\nSTATUS=ending", receiver.receive());
        }
        assertEquals(List.of(), lines);
    }

    @Test
    void shouldFeedTheWatchdogOnlyWhileNothingHangs() {
        List<String> hanging = new CopyOnWriteArrayList<>();
        AtomicInteger looks = new AtomicInteger();
        ServiceManager manager = manager("WATCHDOG_USEC", "20000", "WATCHDOG_PID", String.valueOf(PID));
        try (DatagramReceiver receiver = new DatagramReceiver(socket());
                Heart _ = manager.beat(() -> {
                    looks.incrementAndGet();
                    return hanging;
                })) {
            assertEquals("WATCHDOG=1", receiver.receive());
            assertEquals("WATCHDOG=1", receiver.receive());

            hanging.add("poll-1");
            assertTrue(Pause.until(() -> !lines.isEmpty(), AWAIT_MILLIS));
            // What was told before it hung is read; from then on each look is followed by nothing but this mark.
            int since = looks.get();
            assertTrue(Pause.until(() -> looks.get() >= since + 10, AWAIT_MILLIS));
            manager.ready("mark");
            String told = receiver.receive();
            for (int before = 0; told.equals("WATCHDOG=1"); before++) {
                assertTrue(before <= since, "fed though a loop hangs");
                told = receiver.receive();
            }
            assertEquals("READY=1\nSTATUS=mark", told);
            assertEquals(1, lines.size(), lines::toString);
            assertTrue(lines.getFirst().endsWith("will start the service again: poll-1"), lines.getFirst());

            hanging.clear();
            assertEquals("WATCHDOG=1", receiver.receive());
        }
    }

    @Test
    void shouldNotFeedTheWatchdogOfAnotherProcessNorWithoutOne() {
        AtomicInteger looks = new AtomicInteger();
        for (ServiceManager manager : List.of(
                manager("WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1"),
                manager(),
                manager("WATCHDOG_USEC", "0"),
                manager("WATCHDOG_USEC", "soon"),
                ServiceManager.of(Map.of("WATCHDOG_USEC", "1000"), PID, (level, line) -> lines.add(line)))) {
            try (Heart _ = manager.beat(() -> {
                looks.incrementAndGet();
                return List.of();
            })) {
                Pause.millis(20);
            }
        }
        assertEquals(0, looks.get());
        assertEquals(List.of(), lines);
    }

    @Test
    void shouldSayWhenTheManagerDoesNotListenAndStayQuietWithoutOne() {
        manager().ready("wan");
        assertEquals(
                List.of("WARNING the service manager does not listen at NOTIFY_SOCKET: sendto(" + socket()
                        + ") failed: ENOENT (no such file or directory)"),
                lines);
        ServiceManager.of(Map.of(), PID, (level, line) -> lines.add(line)).ready("wan");
        ServiceManager.of(Map.of("NOTIFY_SOCKET", "vsock:2:1"), PID, (level, line) -> lines.add(line))
                .ready("wan");
        assertEquals(1, lines.size(), lines::toString);
    }
}
