package io.twinport.dataplane.virtio;

import io.twinport.dataplane.virtqueue.DeviceEnd;
import io.twinport.dataplane.virtqueue.Virtqueue;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;
import org.agrona.UnsafeApi;
import org.jspecify.annotations.Nullable;

/**
 * A device's end of a control queue, on a thread of its own: it writes down each command, and answers as it is told to. It
 * must be told of memory by this process's own addresses.
 */
final class ControlEnd implements AutoCloseable {
    /** How it answers. */
    enum Manner {
        WELL,
        NOT_AT_ALL,
        WITH_ANOTHER_ID,
        WITH_AN_ID_OUT_OF_RANGE,
        AS_IF_IT_HAD_WRITTEN_MORE,
        WITH_A_JUMP_OF_THE_INDEX,
        WITH_AN_INDEX_THAT_GOES_BACK,
        WITHOUT_WRITING_THE_ANSWER,
        WITH_AN_UNKNOWN_ANSWER
    }

    private static final int DESCRIPTOR = 16;
    private static final int LENGTH = 8;
    private static final int FLAGS = 12;
    private static final int NEXT = 14;
    private static final int HAS_NEXT = 1;
    private static final int IS_WRITTEN = 2;

    volatile Manner manner = Manner.WELL;

    /** What it refuses. */
    final Set<NetCommand> refused = new CopyOnWriteArraySet<>();

    private final Consumer<String> story;
    private @Nullable Server server;

    /** @param story told each command, its data in hexadecimal */
    ControlEnd(Consumer<String> story) {
        this.story = story;
    }

    void serve(Virtqueue ring) {
        Server started = new Server(ring);
        server = started;
        started.thread.start();
    }

    /** It has been reset: it touches nothing any more. */
    @Override
    public void close() {
        Server running = server;
        if (running != null) {
            running.stop();
            server = null;
        }
    }

    private static NetCommand command(short code) {
        for (NetCommand each : NetCommand.values()) {
            if (each.code() == code) {
                return each;
            }
        }
        throw new IllegalStateException("there is no command " + code);
    }

    private static int length(long descriptor) {
        return UnsafeApi.getInt(descriptor + LENGTH);
    }

    private static int flags(long descriptor) {
        return UnsafeApi.getShort(descriptor + FLAGS);
    }

    private static boolean isWritten(long descriptor) {
        return (flags(descriptor) & IS_WRITTEN) != 0;
    }

    /** From one reset to the next. */
    private final class Server {
        private final Virtqueue ring;
        private final DeviceEnd end;
        private final Thread thread =
                Thread.ofPlatform().daemon().name("control-end").unstarted(this::work);
        private volatile boolean stops;

        Server(Virtqueue ring) {
            this.ring = ring;
            this.end = DeviceEnd.of(ring.address());
        }

        void stop() {
            stops = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void work() {
            while (!stops) {
                if (end.waiting() > 0 && manner != Manner.NOT_AT_ALL) {
                    answer(end.next());
                } else {
                    Thread.onSpinWait();
                }
            }
        }

        private void answer(int head) {
            long command = descriptor(head);
            require(length(command) == 2 && !isWritten(command), "the command's class and number come first");
            NetCommand told = command(UnsafeApi.getShort(UnsafeApi.getLong(command)));
            long at = next(command);
            String data = "";
            if (!isWritten(at)) {
                byte[] bytes = new byte[length(at)];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = UnsafeApi.getByte(UnsafeApi.getLong(at) + i);
                }
                data = " " + HexFormat.of().formatHex(bytes);
                at = next(at);
            }
            require(isWritten(at) && length(at) == 1 && (flags(at) & HAS_NEXT) == 0, "the answer comes last");
            story.accept(told + data);
            if (manner != Manner.WITHOUT_WRITING_THE_ANSWER) {
                int answer = manner == Manner.WITH_AN_UNKNOWN_ANSWER ? 7 : refused.contains(told) ? 1 : 0;
                UnsafeApi.putByte(UnsafeApi.getLong(at), (byte) answer);
            }
            use(head);
        }

        private void use(int head) {
            switch (manner) {
                case WITH_ANOTHER_ID -> end.use(1, 1);
                case WITH_AN_ID_OUT_OF_RANGE -> end.use(-1, 1);
                case AS_IF_IT_HAD_WRITTEN_MORE -> end.use(head, 2);
                case WITH_A_JUMP_OF_THE_INDEX -> {
                    for (int i = 0; i < ring.size(); i++) {
                        end.use(head, 1);
                    }
                }
                case WITH_AN_INDEX_THAT_GOES_BACK -> {
                    UnsafeApi.putShortRelease(null, ring.deviceArea() + 2, (short) -1);
                    return;
                }
                default -> end.use(head, 1);
            }
            end.publish();
        }

        private long descriptor(int index) {
            return ring.descriptors() + (long) index * DESCRIPTOR;
        }

        private long next(long descriptor) {
            require((flags(descriptor) & HAS_NEXT) != 0, "there is more");
            return descriptor(UnsafeApi.getShort(descriptor + NEXT));
        }

        /** A driver that breaks the rules gets no answer, and the story says why. */
        private void require(boolean isSo, String rule) {
            if (!isSo) {
                story.accept("broken rule: " + rule);
                throw new IllegalStateException(rule);
            }
        }
    }
}
