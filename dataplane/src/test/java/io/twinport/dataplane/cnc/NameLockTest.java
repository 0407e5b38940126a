package io.twinport.dataplane.cnc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.dpdk.testing.ChildJvm;
import io.twinport.posix.FileErrors;
import io.twinport.posix.ThisUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameLockTest {
    private static final int NOBODY = 65_534;
    private static final int PROCESSES = 3;
    private static final int ROUNDS = 300;

    @TempDir
    private Path folder;

    private Path cnc() {
        return folder.resolve("a.cnc");
    }

    @Test
    void shouldBeHadOnce() throws IOException {
        try (NameLock _ = NameLock.tryGet(cnc()).orElseThrow()) {
            assertEquals(Optional.empty(), NameLock.tryGet(cnc()));
            assertEquals(Optional.empty(), NameLock.get(cnc()));
            try (NameLock _ = NameLock.tryGet(folder.resolve("b.cnc")).orElseThrow()) {
                assertEquals(Optional.empty(), NameLock.tryGet(cnc()));
            }
        }
        NameLock.tryGet(cnc()).orElseThrow().close();
    }

    /** Who cleans up has it for a moment: a start waits for that. */
    @Test
    void shouldBeWaitedForAMoment() throws Exception {
        NameLock cleaner = NameLock.tryGet(cnc()).orElseThrow();
        CompletableFuture<Void> done = CompletableFuture.runAsync(
                cleaner::close,
                task -> Thread.ofPlatform().start(() -> {
                    try {
                        Thread.sleep(100);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    task.run();
                }));
        NameLock.get(cnc()).orElseThrow().close();
        done.join();
    }

    @Test
    void shouldNotFollowALinkNorTakeWhatIsAnothers() throws Exception {
        Path elsewhere = folder.resolve("elsewhere");
        Path file = Files.createSymbolicLink(NameLock.file(cnc()), elsewhere);
        assertThrows(IOException.class, () -> NameLock.tryGet(cnc()));
        assertTrue(Files.notExists(elsewhere));
        Files.delete(file);
        assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
        IOException fifo = assertThrows(IOException.class, () -> NameLock.tryGet(cnc()));
        assertEquals(file + " is a FIFO, and no lock: delete it", FileErrors.reason(fifo));
        Files.delete(file);
        assumeTrue(ThisUser.id() == ThisUser.ROOT, "only root can give a file away");
        Files.setAttribute(Files.createFile(file), "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
        IOException refused = assertThrows(IOException.class, () -> NameLock.tryGet(cnc()));
        assertEquals(file + " belongs to user nobody", FileErrors.reason(refused));
    }

    /** Each replaces the file that the others want to have. */
    @Test
    void shouldBeHadByOneProcessAtATime() throws Exception {
        List<CompletableFuture<ChildJvm.Result>> all = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            all.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return new ChildJvm().run(NameLockMain.class, cnc().toString(), String.valueOf(ROUNDS));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        int had = 0;
        for (CompletableFuture<ChildJvm.Result> each : all) {
            ChildJvm.Result result = each.join();
            assertEquals(0, result.exitCode(), result::toString);
            had += Integer.parseInt(result.value("had"));
        }
        assertTrue(had >= ROUNDS, had + " times");
    }
}
