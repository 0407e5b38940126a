package io.twinport.control.socket;

import io.twinport.control.Pause;
import io.twinport.posix.ThisUser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import jdk.net.ExtendedSocketOptions;

/** The other end of unix sockets, and who it is by the kernel's word (SO_PEERCRED). */
final class Peers {
    private static final int TRIES = 20;
    private static final int PAUSE_MILLIS = 100;

    private Peers() {}

    /**
     * Connects. A process that is stopped accepts nobody; when as many wait as it has allowed, a blocking call would wait for ever.
     *
     * @throws ConnectException if nobody listens there
     * @throws IOException if it cannot be done within 2 s
     */
    static SocketChannel connect(Path file) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return tryToConnect(file);
            } catch (ConnectException e) {
                throw e;
            } catch (SocketException e) {
                if (tries == TRIES || !Files.exists(file)) {
                    throw e;
                }
                Pause.millis(PAUSE_MILLIS);
            }
        }
    }

    private static SocketChannel tryToConnect(Path file) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean isConnected = false;
        try {
            channel.configureBlocking(false);
            isConnected = channel.connect(UnixDomainSocketAddress.of(file));
            if (!isConnected) {
                throw new SocketException("it is busy");
            }
            channel.configureBlocking(true);
            return channel;
        } finally {
            if (!isConnected) {
                channel.close();
            }
        }
    }

    /** Whether it is this process's user, or root, who could do anything to it anyway. */
    static boolean isTrusted(SocketChannel channel) throws IOException {
        UserPrincipal user = user(channel);
        return user.equals(numbered(ThisUser.id())) || user.equals(numbered(ThisUser.ROOT));
    }

    static UserPrincipal user(SocketChannel channel) throws IOException {
        return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    }

    private static UserPrincipal numbered(int id) throws IOException {
        UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
        return users.lookupPrincipalByName(String.valueOf(id));
    }
}
