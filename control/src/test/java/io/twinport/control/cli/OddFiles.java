package io.twinport.control.cli;

import io.twinport.control.Program;
import io.twinport.dataplane.cnc.CncFile;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/** What a path may lead to in place of the file that is meant. */
enum OddFiles {
    MISSING(path -> {}),
    FIFO(path -> Program.run("mkfifo", path.toString())),
    FOLDER(Files::createDirectory),
    SOCKET(path -> {
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(path));
        }
    }),
    ENDLESS_DEVICE(linkTo("/dev/zero")),
    FULL_DEVICE(linkTo("/dev/full")),
    EMPTY_DEVICE(linkTo("/dev/null")),
    /** A regular file by its type, whose reader waits for what the kernel may say. */
    KERNEL_LOG(linkTo("/proc/kmsg")),
    DANGLING_LINK(linkTo("nowhere")),
    LINK_TO_ITSELF(path -> Files.createSymbolicLink(path, path)),
    EMPTY(Files::createFile),
    RANDOM(path -> {
        byte[] bytes = new byte[10_000];
        new Random(4711).nextBytes(bytes);
        Files.write(path, bytes);
    }),
    NESTED(path -> Files.writeString(path, "[".repeat(200_000))),
    GIGABYTE(path -> {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[1]), (1L << 30) - 1); // a sparse one
        }
    }),
    /** Begins as a {@code twinport.cnc} does, and ends too soon. */
    CUT_SHORT(path -> {
        Path whole = path.resolveSibling("whole.cnc");
        CncFile.create(whole).close();
        Files.write(path, Arrays.copyOf(Files.readAllBytes(whole), 100_000));
    });

    /** Makes one. */
    @FunctionalInterface
    private interface Maker {
        void make(Path path) throws IOException;
    }

    private final Maker maker;

    OddFiles(Maker maker) {
        this.maker = maker;
    }

    private static Maker linkTo(String target) {
        return path -> Files.createSymbolicLink(path, Path.of(target));
    }

    void make(Path path) throws IOException {
        maker.make(path);
    }
}
