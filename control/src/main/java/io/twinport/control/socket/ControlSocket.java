package io.twinport.control.socket;

import io.twinport.control.Log;
import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.posix.FileErrors;
import io.twinport.posix.PrivateFolder;
import io.twinport.posix.SocketPath;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where a running process takes commands: a unix socket of mode 0600, for its own user and root. One thread accepts and
 * watches the deadlines; each connection has its own.
 */
public final class ControlSocket implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 16;
    private static final long LOOK_MILLIS = 200;

    /** For answers that are on their way. */
    private static final long END_MILLIS = 2000;

    private final Path file;
    private final ControlProtocol protocol;
    private final Log log;
    private final ServerSocketChannel server;
    private final Selector selector;
    private final Set<ControlConnection> connections = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean closed;

    private ControlSocket(Path file, ControlProtocol protocol, Log log) throws IOException {
        this.file = file;
        this.protocol = protocol;
        this.log = log;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        this.selector = Selector.open();
        server.bind(UnixDomainSocketAddress.of(file), MOST_CONNECTIONS);
        // Who connects in between is asked who he is all the same.
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        this.thread = Thread.ofPlatform().daemon().name("control").unstarted(this::serve);
    }

    /**
     * Begins to listen.
     *
     * @param file the socket's; that of a process that has died is replaced
     * @param log told when it fails
     * @throws UserException if it cannot be had
     */
    public static ControlSocket open(Path file, Map<String, ControlCommand> commands, Log log) {
        String option = "--control-socket " + file;
        ControlSocketPath.check(option, file, file);
        try {
            PrivateFolder.check(Objects.requireNonNull(file.toAbsolutePath().getParent()));
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                replace(file, option);
            }
            ControlSocket socket = new ControlSocket(file, new ControlProtocol(commands), log);
            socket.thread.start();
            return socket;
        } catch (IOException e) {
            throw new UserException(
                    option + " cannot be opened: " + FileErrors.reason(e)
                            + ". Choose a path in a folder that exists, and that you and nobody else may write to.",
                    e);
        }
    }

    private static void replace(Path file, String option) throws IOException {
        if (SocketPath.isListenedAt(file.toString()) || isListenedAtElsewhere(file)) {
            throw new UserException(option + " is in use by another process. Choose another path, or stop that one.");
        }
        Files.delete(file); // its process has died
    }

    /** Whether somebody in another network namespace listens there; only who connects can see that. */
    private static boolean isListenedAtElsewhere(Path file) throws IOException {
        try {
            Peers.connect(file).close();
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (SocketException e) {
            return true; // and is busy
        }
    }

    private void serve() {
        try {
            while (!closed) {
                selector.select(key -> accept(), LOOK_MILLIS);
                long now = System.nanoTime();
                connections.stream()
                        .filter(connection -> now > connection.deadline())
                        .forEach(ControlConnection::close);
            }
        } catch (IOException e) {
            log.warn("the control socket " + file + " has failed: " + e);
        }
    }

    private void accept() {
        try {
            SocketChannel client = server.accept();
            if (client != null && !isAdmitted(client)) {
                client.close();
            }
        } catch (IOException e) {
            // This process has no descriptor left: the next look tries again.
            Pause.millis(LOOK_MILLIS);
        }
    }

    /** Whatever one client comes to, the next ones are served. */
    private boolean isAdmitted(SocketChannel client) {
        try {
            return admit(client);
        } catch (IOException | RuntimeException e) {
            return false; // it has gone
        }
    }

    private boolean admit(SocketChannel client) throws IOException {
        if (!Peers.isTrusted(client)) {
            return false;
        }
        if (connections.size() >= MOST_CONNECTIONS) {
            Optional<ControlConnection> idlest = connections.stream()
                    .filter(ControlConnection::isIdle)
                    .min(Comparator.comparingLong(ControlConnection::deadline));
            if (idlest.isEmpty()) {
                return false;
            }
            idlest.get().close();
            connections.remove(idlest.get());
        }
        ControlConnection connection = new ControlConnection(client, protocol, connections::remove);
        connections.add(connection);
        try {
            Thread.ofPlatform().daemon().name("control-client").start(connection);
        } catch (OutOfMemoryError e) { // this process may have no more threads
            connections.remove(connection);
            return false;
        }
        return true;
    }

    /** Ends it; on return no command is being executed, unless it does not come to its end. A second time does nothing. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        connections.forEach(ControlConnection::end);
        Pause.until(connections::isEmpty, END_MILLIS);
        connections.forEach(ControlConnection::close);
        try {
            server.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("the control socket " + file + " stays: " + e.getMessage());
        }
    }
}
