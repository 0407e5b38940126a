package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.lab.HostileFarEnd;
import io.twinport.control.lab.HostileFarEnd.Vice;
import io.twinport.posix.SystemFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two ports of one process, one of which has a far end that misbehaves: the other one knows nothing of it. {@code
 * -Dtwinport.hostile.visits} has more of them come.
 */
class HostileFarEndDpdkTest {
    private static final int SECONDS = 180;

    /** As long as a far end is waited for, and what follows. */
    private static final int SOON_SECONDS = 20;

    private static final int HANGS = 3;

    /** More than a handshake with DPDK's driver has. */
    private static final int MESSAGES = 24;

    /** Of far ends that hang up, each at another message. */
    private static final int VISITS = Integer.getInteger("twinport.hostile.visits", MESSAGES);

    private static final int BURST_MILLIS = 50;

    /** A far end that may come is met within this. */
    private static final int MEET_MILLIS = 20;

    /** One poll loop for both ports: where nobody looks at the one while the other's hangs, the other CPU is the tests'. */
    private static final String ONE_LOOP = "1";

    private static final String A_LOOP_EACH = "0,1";

    @TempDir
    private Path folder;

    @AfterEach
    void cleanUp() throws IOException {
        Testpmd.cleanUp();
    }

    private String socket() {
        return folder.resolve("far").toString();
    }

    private Program startRun(String cpus, String... more) throws IOException {
        return startRunWith("net_virtio_user0,path=" + socket(), cpus, more);
    }

    private Program startRunWith(String primary, String cpus, String... more) throws IOException {
        Path file = Files.writeString(
                folder.resolve("twinport.yaml"), """
                name: hostile
                metrics: 0
                eal: --no-huge -l CPUS
                ports:
                  bad:
                    primary: PRIMARY,server=1,mac=02:00:00:00:00:01
                    handler: sink
                  good:
                    primary: net_null0,no-rx=1
                    handler: generate:1000
                """.replace("PRIMARY", primary).replace("CPUS", cpus));
        Stream<String> command = Stream.of("run", "-c", file.toString(), "--cnc-dir", folder.toString());
        return Program.twinport(Stream.concat(command, Stream.of(more)).toArray(String[]::new));
    }

    private Executed ask(String... command) {
        Stream<String> where = Stream.of("--name", "hostile", "--cnc-dir", folder.toString());
        return Executed.twinport(Stream.concat(Stream.of(command), where).toArray(String[]::new));
    }

    private void assertGoodPortMoves() {
        String before = ask("show", "stats", "good").output();
        assertTrue(
                Pause.until(
                        () -> {
                            Pause.millis(BURST_MILLIS);
                            return !ask("show", "stats", "good").output().equals(before);
                        },
                        SECONDS * 1000L),
                before);
    }

    private static int count(Program run, String what) {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + run.pid() + "/" + what))) {
            return (int) files.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void visit(Vice vice, int at) {
        try (HostileFarEnd far = HostileFarEnd.connect(socket(), vice, at)) {
            assertTrue(Pause.until(() -> isOver(far), SECONDS * 1000L), vice::toString);
        }
    }

    /** It need not wait for the pause after the last one, which may only begin now. */
    private boolean isOver(HostileFarEnd far) {
        if (Pause.until(far::hasRun, MEET_MILLIS)) {
            return true;
        }
        Executed ignored = ask("attach", "primary", "--port", "bad");
        return false;
    }

    private static long residentKilobytes(Program run) {
        return SystemFiles.text(Path.of("/proc/" + run.pid() + "/status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    /** Also in the first second, in which a host that has just booted starts both. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"net_virtio_user0 | net_virtio_user0,path=FAR", "vhost-user:\\S+ | vhost-user:FAR"})
    void shouldOutliveWhateverFarEndDoesInItsHandshake(String name, String primary) throws IOException {
        try (Program run = startRunWith(primary.replace("FAR", socket()), ONE_LOOP)) {
            visit(Vice.HANGS_UP, 3);
            run.awaitLine("good: ready", SECONDS);
            run.awaitLine("bad: primary " + name + " cannot join: the far end at .* hung up", SECONDS);
            assertGoodPortMoves();
            for (Vice vice : List.of(Vice.MUTE, Vice.NOISE, Vice.ENDLESS_ANSWER, Vice.NO_QUEUES)) {
                visit(vice, 0);
            }
            visit(Vice.MUTE, MESSAGES / 2);
            for (int at = 1; at <= MESSAGES / 2; at++) {
                visit(Vice.HANGS_UP, at);
            }
            int descriptors = count(run, "fd");
            int threads = count(run, "task");
            long kilobytes = residentKilobytes(run);
            for (int i = MESSAGES / 2; i < VISITS; i++) {
                visit(Vice.HANGS_UP, 1 + i % MESSAGES);
            }
            assertGoodPortMoves();
            assertTrue(
                    Pause.until(() -> count(run, "fd") <= descriptors, SOON_SECONDS * 1000L),
                    () -> descriptors + " descriptors became " + count(run, "fd"));
            assertTrue(count(run, "task") <= threads + 1, "threads");
            System.out.println(VISITS + " visits: " + descriptors + " descriptors, and at the end " + count(run, "fd")
                    + "; " + threads + " threads, " + count(run, "task") + "; " + kilobytes + " kB resident, "
                    + residentKilobytes(run));

            try (Program far = Testpmd.sink(Path.of(socket()))) {
                run.awaitLine("bad: primary " + name + " \\(.*\\) joined", SECONDS);
                assertTrue(far.isAlive());
                assertEquals(0, ask("stop").code());
            }
            assertEquals(0, run.waitFor(SECONDS), run::output);
            assertEquals(0, run.count("Exception|PANIC|times:"), run::output);
        }
    }

    /** DPDK's driver hangs for some of these; ours finds each of them, and starts the side anew or has another far end. */
    @Test
    void shouldOutliveWhateverFarEndOfOurDriverWritesIntoItsRings() throws IOException {
        try (Program run = startRunWith("vhost-user:" + socket(), A_LOOP_EACH)) {
            run.awaitLine("good: ready", SECONDS);
            for (Vice vice : List.of(
                    Vice.TALKS_OUT_OF_TURN,
                    Vice.LONG_FRAMES,
                    Vice.DUPLICATE_BUFFERS,
                    Vice.STRANGE_BUFFERS,
                    Vice.WILD_INDEX)) {
                visit(vice, 0);
                assertGoodPortMoves();
            }
            int switches = run.count("switch none -> primary");
            try (Program far = Testpmd.sink(Path.of(socket()))) {
                run.awaitCount("switch none -> primary", switches + 1, SECONDS);
                assertTrue(far.isAlive());
                assertEquals(0, ask("stop").code());
            }
            assertEquals(0, run.waitFor(SECONDS), run::output);
            assertEquals(0, run.count("Exception|PANIC|times:|not turned"), run::output);
        }
    }

    @Test
    void shouldOutliveFarEndThatTalksOutOfTurnAndHangsUp() throws IOException {
        try (Program run = startRun(ONE_LOOP)) {
            run.awaitLine("good: ready", SECONDS);
            for (int visit = 1; visit <= 5; visit++) {
                visit(Vice.TALKS_OUT_OF_TURN, 0);
                run.awaitCount("bad: primary net_virtio_user0 has gone", visit, SECONDS);
            }
            assertGoodPortMoves();
            run.terminate();
            assertEquals(0, run.waitFor(SECONDS), run::output);
            assertEquals(0, run.count("PANIC"), run::output);
        }
    }

    @Test
    void shouldSayThatAPollLoopHangsAndLeaveWithoutIt() throws Exception {
        try (Program run = startRun(A_LOOP_EACH)) {
            String metrics = run.awaitLine("metrics at ", SECONDS).replace("metrics at ", "");
            run.awaitLine("good: ready", SECONDS);
            try (HostileFarEnd far = HostileFarEnd.connect(socket(), Vice.DUPLICATE_BUFFERS, 0)) {
                run.awaitLine(
                        "the thread poll has not turned for 2.\\d s: .* bad can neither send nor receive", SECONDS);
                assertTrue(far.hasRun());
                String health = ask("show", "health").output();
                assertTrue(health.contains("HANGS: the thread poll has not turned"), health);
                assertTrue(health.matches("(?s).*bad: (none|primary) transmits, carrier off.*"), health);
                assertTrue(health.contains("good: primary transmits, carrier on"), health);
                assertTrue(scrape(metrics).contains("twinport_thread_hangs{thread=\"poll\"} 1.0"));
                assertGoodPortMoves();
                long start = System.nanoTime();
                ask("stop");
                assertEquals(HANGS, run.waitFor(SOON_SECONDS), run::output);
                assertTrue(System.nanoTime() - start < SOON_SECONDS * 1_000_000_000L);
                assertEquals(
                        1,
                        run.count("^twinport: leaving without closing what hangs: .*the thread poll .* Exit code 3"),
                        run::output);
            }
        }
        try (Program again = startRun(ONE_LOOP)) { // what it has left is no obstacle
            again.awaitLine("good: ready", SECONDS);
            assertEquals(0, ask("stop").code());
            assertEquals(0, again.waitFor(SECONDS), again::output);
        }
    }

    @Test
    void shouldEndOnSigtermWhileAPollLoopHangs() throws IOException {
        try (Program run = startRun(ONE_LOOP)) {
            run.awaitLine("good: ready", SECONDS);
            try (HostileFarEnd _ = HostileFarEnd.connect(socket(), Vice.DUPLICATE_BUFFERS, 0)) {
                run.awaitLine("the thread poll has not turned", SECONDS);
                run.terminate();
                assertEquals(HANGS, run.waitFor(SOON_SECONDS), run::output);
            }
        }
    }

    @Test
    void shouldEndByItselfWhenItIsToldTo() throws IOException {
        try (Program run = startRun(ONE_LOOP, "--exit-when-stuck", "4")) {
            run.awaitLine("good: ready", SECONDS);
            try (HostileFarEnd _ = HostileFarEnd.connect(socket(), Vice.DUPLICATE_BUFFERS, 0)) {
                assertEquals(HANGS, run.waitFor(SECONDS), run::output);
                assertEquals(
                        1,
                        run.count("^twinport: the thread poll has not turned for 4.*--exit-when-stuck"),
                        run::output);
            }
        }
    }

    private static String scrape(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
