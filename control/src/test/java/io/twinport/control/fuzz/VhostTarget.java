package io.twinport.control.fuzz;

import io.twinport.dataplane.vhost.VhostConnection;
import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.dataplane.vhost.VhostMessage;
import io.twinport.posix.UnixListener;
import io.twinport.posix.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** What a far end sends, in pieces. */
final class VhostTarget implements FuzzTarget {
    private static final int PIECE = 50;

    private final ScratchFile socket = ScratchFile.create("far");
    private final UnixListener listener = UnixListener.open(socket.path().toString());

    VhostTarget() throws IOException {}

    @Override
    public List<byte[]> seeds() {
        ByteBuffer two = ByteBuffer.allocate(2 * 20).order(ByteOrder.LITTLE_ENDIAN);
        two.putInt(1).putInt(5).putInt(8).putLong(1L << 30 | 1L << 32);
        two.putInt(15).putInt(5).putInt(8).putLong(1);
        ByteBuffer memory = ByteBuffer.allocate(12 + 8 + 8 * 32).order(ByteOrder.LITTLE_ENDIAN);
        memory.putInt(5).putInt(1).putInt(8 + 8 * 32).putInt(8);
        ByteBuffer none = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        none.putInt(3).putInt(1 | 1 << 3).putInt(0);
        return List.of(two.array(), memory.array(), none.array());
    }

    @Override
    public void read(byte[] input) {
        UnixStream sender = UnixStream.connect(socket.path().toString());
        try (sender;
                VhostConnection connection =
                        new VhostConnection(listener.accept().orElseThrow())) {
            for (int from = 0; from < input.length; from += PIECE) {
                int count = Math.min(PIECE, input.length - from);
                byte[] piece = new byte[count];
                System.arraycopy(input, from, piece, 0, count);
                sender.send(piece);
                take(connection);
            }
        } catch (BrokenException e) {
            // It is hung up on.
        }
    }

    private static void take(VhostConnection connection) throws BrokenException {
        for (Optional<VhostMessage> message = connection.receive();
                message.isPresent();
                message = connection.receive()) {
            VhostMessage got = message.get();
            got.closeDescriptors();
            if (got.payload().length > VhostMessage.MOST_PAYLOAD
                    || (got.wantsReply() && got.toString().isEmpty())) {
                throw new AssertionError(got + " with " + got.payload().length + " bytes, " + got.number());
            }
        }
    }

    @Override
    public void close() {
        listener.close();
        socket.close();
    }
}
