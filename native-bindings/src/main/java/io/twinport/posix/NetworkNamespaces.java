package io.twinport.posix;

import static io.twinport.posix.Netlink.HEADER;
import static io.twinport.posix.Netlink.INT;
import static io.twinport.posix.Netlink.NLM_F_ACK;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Network namespaces beside that of this process, as far as they have a name ({@code ip netns}). */
public final class NetworkNamespaces {
    private static final Path NAMED = Path.of("/run/netns");
    private static final short RTM_GETNSID = 90;
    private static final short NETNSA_NSID = 1;
    private static final short NETNSA_FD = 3;

    /** After the header and {@code rtgenmsg}. */
    private static final int ATTRIBUTES = HEADER + 4;

    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;

    private static final MethodHandle OPEN =
            Posix.variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
    private static final MethodHandle SETNS =
            Posix.function("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private NetworkNamespaces() {}

    /**
     * The name of a namespace.
     *
     * @param number this namespace's number of it, {@link KernelLink#otherNamespace}
     */
    public static Optional<String> nameOf(int number) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(NAMED)) {
            for (Path file : files) {
                if (numberOf(file) == number) {
                    return Optional.of(file.getFileName().toString());
                }
            }
        } catch (IOException e) {
            // nobody has named any
        }
        return Optional.empty();
    }

    private static int numberOf(Path file) {
        int descriptor = open(file);
        int[] number = {-1};
        try (Arena arena = Arena.ofConfined()) {
            new NetlinkRequest(arena, "RTM_GETNSID", RTM_GETNSID, NLM_F_ACK, 1)
                    .attribute(NETNSA_FD, descriptor)
                    .exchange(answer -> Netlink.attributes(answer, ATTRIBUTES).stream()
                            .filter(attribute -> attribute.type() == NETNSA_NSID)
                            .forEach(attribute -> number[0] = attribute.value().get(INT, 0)));
        } catch (PosixException e) {
            return -1; // a file that is no namespace
        } finally {
            Posix.close(descriptor);
        }
        return number[0];
    }

    /**
     * An interface in another namespace, whatever that is called.
     *
     * @param number this namespace's number of it
     * @throws PosixException without the right to see it
     */
    public static Optional<KernelLink> link(int number, int index) {
        return Interfaces.link(index, number);
    }

    /**
     * What a thread that is in that namespace finds out there.
     *
     * @param name or the path of a file of one, {@code /proc/1/ns/net}
     * @throws PosixException without the right to enter it (CAP_SYS_ADMIN), or if there is none of that name
     */
    public static <T> T in(String name, Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        // A namespace is a thread's: this one ends with it.
        Thread.ofPlatform().daemon().name("namespace-" + name).start(() -> {
            try {
                enter(NAMED.resolve(name));
                answer.complete(question.call());
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static void enter(Path file) {
        int descriptor = open(file);
        try (Arena arena = Arena.ofConfined()) {
            var state = Posix.newState(arena);
            int result = (int) SETNS.invokeExact(state, descriptor, CLONE_NEWNET);
            if (result < 0) {
                throw new PosixException("setns(" + file + ")", Posix.errno(state), "");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        } finally {
            Posix.close(descriptor);
        }
    }

    private static int open(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            var state = Posix.newState(arena);
            int descriptor = (int) OPEN.invokeExact(state, arena.allocateFrom(file.toString()), O_RDONLY_CLOEXEC);
            if (descriptor < 0) {
                throw new PosixException("open(" + file + ")", Posix.errno(state), "");
            }
            return descriptor;
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
