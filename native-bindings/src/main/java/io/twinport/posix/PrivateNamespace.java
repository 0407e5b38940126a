package io.twinport.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A new network namespace that has no name and belongs to one thread. The kernel removes it, with all virtual interfaces in it,
 * when that thread has ended and no socket of it is open: also when the process is killed. A NIC that was moved into it goes
 * back to the machine's first namespace.
 */
public final class PrivateNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;

    private static final MethodHandle UNSHARE = Posix.function("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("private-namespace").factory());
    private final Path path;

    /** @throws PosixException without the right to make one (CAP_SYS_ADMIN) */
    public PrivateNamespace() {
        try {
            path = in(PrivateNamespace::unshare);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Path unshare() {
        try (Arena arena = Arena.ofConfined()) {
            var state = Posix.newState(arena);
            int result = (int) UNSHARE.invokeExact(state, CLONE_NEWNET);
            if (result < 0) {
                throw new PosixException("unshare(CLONE_NEWNET)", Posix.errno(state), "run it as root");
            }
            return Path.of("/proc")
                    .resolve(Files.readSymbolicLink(Path.of("/proc/thread-self")))
                    .resolve("ns/net");
        } catch (PosixException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** A file that stands for it while it is open; {@code ip} takes it where it takes a namespace's name. */
    public Path path() {
        return path;
    }

    /**
     * Does something there, and waits for it: sockets are opened there, and programs that are started are in it. Whoever waits
     * may be interrupted only when it is done.
     */
    public <T> T in(Callable<T> work) {
        Executor executor = thread;
        CompletableFuture<T> result = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                result.complete(work.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
