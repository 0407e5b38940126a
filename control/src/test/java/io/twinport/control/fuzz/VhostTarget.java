package io.twinport.control.fuzz;

import io.twinport.dataplane.policy.RetryPauses;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.VhostConnection;
import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.dataplane.vhost.VhostMessage;
import io.twinport.dataplane.vhost.VhostRequest;
import io.twinport.dataplane.vhost.VhostUserProxy;
import io.twinport.posix.UnixListener;
import io.twinport.posix.UnixSockets;
import io.twinport.posix.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * What a far end sends, in pieces and with descriptors, to a connection; and as its answers to a proxy, until it hangs up. The first
 * byte of an input says which, and how.
 */
final class VhostTarget implements FuzzTarget {
    private static final int PIECE = 50;
    private static final int TO_PROXY = 1;
    private static final int IS_SENT_TO = 2;
    private static final int READS_NOTHING = 4;
    private static final int DESCRIPTORS_SHIFT = 3;
    private static final int DESCRIPTORS = 31;
    private static final int FILL = 2000;
    private static final long SECONDS = 60;

    private final ScratchFile socket = ScratchFile.create("far");
    private final ScratchFile proxied = ScratchFile.create("proxied");
    private final UnixListener listener = UnixListener.open(socket.path().toString());
    private final VhostUserProxy proxy = new VhostUserProxy(
            new FarEndAddress(proxied.path().toString(), true),
            proxied.path().resolveSibling("driver"),
            RetryPauses.of(1),
            () -> {});

    VhostTarget() throws IOException {
        proxy.start();
    }

    @Override
    public List<byte[]> seeds() {
        ByteBuffer two = ByteBuffer.allocate(1 + 2 * 20).order(ByteOrder.LITTLE_ENDIAN);
        two.put((byte) 0);
        two.putInt(1).putInt(5).putInt(8).putLong(1L << 30 | 1L << 32);
        two.putInt(15).putInt(5).putInt(8).putLong(1);
        ByteBuffer memory = ByteBuffer.allocate(1 + 12 + 8 + 8 * 32).order(ByteOrder.LITTLE_ENDIAN);
        memory.put((byte) (8 << DESCRIPTORS_SHIFT));
        memory.putInt(5).putInt(1).putInt(8 + 8 * 32).putInt(8);
        ByteBuffer none = ByteBuffer.allocate(1 + 12).order(ByteOrder.LITTLE_ENDIAN);
        none.put((byte) IS_SENT_TO).putInt(3).putInt(1 | 1 << 3).putInt(0);
        byte[] answers = two.array().clone();
        answers[0] = TO_PROXY;
        byte[] full = two.array().clone();
        full[0] = READS_NOTHING;
        return List.of(two.array(), memory.array(), none.array(), answers, full);
    }

    /** Messages as they should be, but for a number here and there. */
    @Override
    public Optional<byte[]> draw(Random random) {
        Draw draw = new Draw(random);
        int count = 1 + draw.upTo(4);
        ByteBuffer bytes = ByteBuffer.allocate(1 + count * (12 + 600)).order(ByteOrder.LITTLE_ENDIAN);
        boolean toProxy = draw.once(2);
        bytes.put((byte)
                (toProxy ? TO_PROXY | draw.upTo(DESCRIPTORS) << DESCRIPTORS_SHIFT & 0xff : random.nextInt(256) & ~1));
        List<Integer> questions =
                List.of(VhostRequest.GET_FEATURES, VhostRequest.GET_PROTOCOL_FEATURES, VhostRequest.GET_QUEUE_NUM);
        for (int i = 0; i < count; i++) {
            boolean isGood = !draw.once(4);
            int size = isGood ? Long.BYTES : draw.of(List.of(0, 4, 7, 16, 264, 512, 513, -1));
            bytes.putInt(toProxy && isGood ? questions.get(i % questions.size()) : draw.upTo(45))
                    .putInt(isGood ? VhostMessage.VERSION | VhostMessage.REPLY : draw.upTo(15))
                    .putInt(size);
            bytes.put(new byte[Math.max(0, size)], 0, Math.max(0, size));
            if (size >= Long.BYTES) {
                bytes.putLong(
                        bytes.position() - size, draw.once(4) ? random.nextLong() : 1L << 30 | 1L << 32 | draw.upTo(3));
            }
        }
        return Optional.of(Arrays.copyOf(bytes.array(), bytes.position()));
    }

    @Override
    public void read(byte[] input) {
        int how = input.length == 0 ? 0 : input[0];
        byte[] sent = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
        int[] descriptors = IntStream.generate(() -> 0)
                .limit(how >> DESCRIPTORS_SHIFT & DESCRIPTORS)
                .toArray();
        if ((how & TO_PROXY) != 0) {
            answer(sent, descriptors);
        } else {
            connect(sent, descriptors, how);
        }
    }

    /** It is given up as soon as it has hung up, and then the next one is met. */
    private void answer(byte[] sent, int[] descriptors) {
        int failures = proxy.failures();
        try (UnixStream sender = UnixStream.connect(proxied.path().toString())) {
            sender.send(sent, descriptors);
            UnixSockets.shutdown(sender.descriptor());
            long deadline = System.nanoTime() + SECONDS * 1_000_000_000L;
            while (proxy.failures() == failures) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("it has hung up, and is there: " + proxy.present());
                }
                LockSupport.parkNanos(20_000);
            }
        }
        if (proxy.trouble().isEmpty()) {
            throw new AssertionError("it has failed, and nothing is said");
        }
    }

    private void connect(byte[] sent, int[] descriptors, int how) {
        UnixStream sender = UnixStream.connect(socket.path().toString());
        try (sender;
                VhostConnection connection =
                        new VhostConnection(listener.accept().orElseThrow())) {
            for (int from = 0; from < sent.length; from += PIECE) {
                sender.send(Arrays.copyOfRange(sent, from, Math.min(sent.length, from + PIECE)), descriptors);
                take(connection);
            }
            int messages = (how & READS_NOTHING) != 0 ? FILL : (how & IS_SENT_TO) != 0 ? 1 : 0;
            for (int i = 0; i < messages; i++) {
                connection.send(VhostMessage.request(VhostRequest.GET_FEATURES));
            }
            if (messages == FILL) {
                throw new AssertionError("more was sent than there is room for");
            }
            sender.close();
            take(connection);
            throw new AssertionError("it has hung up, and that is not seen");
        } catch (BrokenException e) {
            if (e.getMessage() == null || e.getMessage().isBlank()) {
                throw new AssertionError(e);
            }
        }
    }

    private static void take(VhostConnection connection) throws BrokenException {
        for (Optional<VhostMessage> message = connection.receive();
                message.isPresent();
                message = connection.receive()) {
            VhostMessage got = message.get();
            got.closeDescriptors();
            boolean isNumber = got.payload().length >= Long.BYTES || got.number() == 0;
            if (!isNumber
                    || got.payload().length > VhostMessage.MOST_PAYLOAD
                    || (got.wantsReply() && got.toString().isEmpty())) {
                throw new AssertionError(got + " with " + got.payload().length + " bytes, " + got.number());
            }
        }
    }

    @Override
    public void close() {
        proxy.close();
        listener.close();
        proxied.close();
        socket.close();
    }
}
