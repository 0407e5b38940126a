package io.twinport.dataplane.vhost;

import io.twinport.posix.Errno;
import io.twinport.posix.PollSet;
import io.twinport.posix.PosixException;
import io.twinport.posix.SocketPath;
import io.twinport.posix.UnixListener;
import io.twinport.posix.UnixStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where far ends come from: a socket at which we listen, or that they listen at. For one thread. */
final class FarEndSocket implements AutoCloseable {
    private final FarEndAddress address;
    private final @Nullable SocketPath path;
    private final @Nullable UnixListener listener;

    private FarEndSocket(FarEndAddress address, @Nullable SocketPath path, @Nullable UnixListener listener) {
        this.address = address;
        this.path = path;
        this.listener = listener;
    }

    /** @throws PosixException if we cannot listen there: somebody else does, or the folder is not there */
    static FarEndSocket open(FarEndAddress address) {
        if (!address.isServer()) {
            return new FarEndSocket(address, null, null);
        }
        SocketPath path = SocketPath.take(address.path());
        try {
            return new FarEndSocket(address, path, UnixListener.open(address.path()));
        } catch (PosixException e) {
            path.close();
            throw e;
        }
    }

    /** What is ready when a far end comes; {@link PollSet#NONE} where only trying tells. */
    int descriptor() {
        return listener == null ? PollSet.NONE : listener.descriptor();
    }

    /** Whether far ends find it: nobody has moved or deleted the file. */
    boolean isThere() {
        return listener == null || listener.isThere();
    }

    /** A far end that has come, if one has. */
    Optional<UnixStream> accept() {
        if (listener != null) {
            return listener.accept();
        }
        try {
            return Optional.of(UnixStream.connect(address.path()));
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ECONNREFUSED || e.errno() == Errno.EAGAIN) {
                return Optional.empty(); // it is not there yet, or busy with somebody else
            }
            throw e;
        }
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
        }
        if (path != null) {
            path.close();
        }
    }
}
