package io.twinport.hw;

import io.twinport.control.Pause;
import io.twinport.posix.NetworkNamespaces;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Numbered echo requests to a guest from several hosts, at each of which it is seen where they go: which of them have reached one of the
 * guest's taps, and which ones the guest has answered.
 */
final class EchoTraffic implements AutoCloseable {
    /** Before there is any. */
    static final EchoTraffic NONE = new EchoTraffic(Map.of());

    private static final List<String> TAPS = List.of("tap01", "vf0");
    private static final int LENGTH = 60;
    private static final int LONGEST = 2048;
    private static final int IP = 14;
    private static final int ICMP = IP + 20;
    private static final int MAGIC = ICMP + 8;
    private static final int SENDER = MAGIC + 4;
    private static final int NUMBER = SENDER + 2;
    private static final int MAGIC_VALUE = 0x7477696e;
    private static final byte REQUEST = 8;
    private static final byte REPLY = 0;
    private static final int ANSWER_MILLIS = 30_000;

    /** What is on its way has arrived by then, or never will. */
    private static final int SETTLE_MILLIS = 500;

    /**
     * One that sends.
     *
     * @param namespace a process in the network namespace
     * @param netdev by which it sends
     */
    record Sender(String name, long namespace, String netdev, String mac, String address) {}

    /** What of a sender's frames has arrived where. */
    private static final class Flow {
        final Arrivals taps = new Arrivals();
        final Arrivals answers = new Arrivals();
        volatile long sent;
    }

    /**
     * What has become of the frames of a sender.
     *
     * @param lostBefore those that reached no tap of the guest's
     * @param lost those that were not answered
     * @param duplicated answers that came more than once
     * @param gapMillis the longest time between two answers
     */
    record Account(String sender, long sent, long lostBefore, long lost, long duplicated, double gapMillis) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s: %d sent, %d reached no tap, %d not answered, %d duplicated, longest gap %.0f ms",
                    sender,
                    sent,
                    lostBefore,
                    lost,
                    duplicated,
                    gapMillis);
        }
    }

    /** An instant, by the numbers of the frames. */
    record Mark(Map<String, Long> sent, Map<String, Long> duplicated) {}

    private final Map<Sender, Flow> flows;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private EchoTraffic(Map<Sender, Flow> flows) {
        this.flows = flows;
    }

    /**
     * Begins to send, from all of them.
     *
     * @param mac the guest's
     * @param address the guest's
     */
    static EchoTraffic start(String mac, String address, int framesPerSecond, List<Sender> senders) {
        Map<Sender, Flow> flows = new LinkedHashMap<>();
        senders.forEach(sender -> flows.put(sender, new Flow()));
        EchoTraffic traffic = new EchoTraffic(flows);
        flows.forEach((sender, flow) -> {
            int index = senders.indexOf(sender);
            traffic.start(index, sender, flow, request(index, sender, mac, address), 1_000_000_000L / framesPerSecond);
        });
        return traffic;
    }

    private void start(int index, Sender sender, Flow flow, MemorySegment frame, long periodNanos) {
        String namespace = "/proc/" + sender.namespace() + "/ns/net";
        PacketSocket socket = NetworkNamespaces.in(namespace, () -> new PacketSocket(sender.netdev()));
        threads.add(Thread.ofPlatform()
                .daemon()
                .name("capture")
                .start(() -> NetworkNamespaces.in(namespace, () -> {
                    capture(index, sender);
                    return true;
                })));
        threads.add(Thread.ofPlatform().daemon().name("send").start(() -> send(socket, frame, flow, periodNanos)));
    }

    private static MemorySegment request(int index, Sender sender, String mac, String address) {
        MemorySegment memory = Arena.ofAuto().allocate(LENGTH);
        ByteBuffer frame = memory.asByteBuffer();
        Mac.parse(mac).put(frame, 0);
        Mac.parse(sender.mac()).put(frame, 6);
        frame.putShort(12, (short) 0x0800);
        frame.putShort(IP, (short) 0x4500)
                .putShort(IP + 2, (short) (LENGTH - IP))
                .put(IP + 8, (byte) 64);
        frame.put(IP + 9, (byte) 1);
        putAddress(frame, IP + 12, sender.address());
        putAddress(frame, IP + 16, address);
        frame.putShort(IP + 10, checksum(frame, IP, ICMP));
        frame.put(ICMP, REQUEST);
        frame.putInt(MAGIC, MAGIC_VALUE).putShort(SENDER, (short) index);
        return memory;
    }

    private static void putAddress(ByteBuffer frame, int offset, String address) {
        String[] bytes = address.split("\\.", -1);
        for (int i = 0; i < bytes.length; i++) {
            frame.put(offset + i, (byte) Integer.parseInt(bytes[i]));
        }
    }

    /** The internet checksum (RFC 1071). */
    private static short checksum(ByteBuffer frame, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i += 2) {
            sum += frame.getShort(i) & 0xffff;
        }
        while (sum >> 16 != 0) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (short) ~sum;
    }

    private void send(PacketSocket socket, MemorySegment memory, Flow flow, long periodNanos) {
        ByteBuffer frame = memory.asByteBuffer();
        long next = System.nanoTime();
        while (!stopped) {
            long now = System.nanoTime();
            if (now - next < 0) {
                LockSupport.parkNanos(next - now);
                continue;
            }
            frame.putShort(ICMP + 2, (short) 0).putLong(NUMBER, flow.sent);
            frame.putShort(ICMP + 2, checksum(frame, ICMP, LENGTH));
            if (socket.send(memory)) {
                flow.sent = flow.sent + 1;
            }
            next = Math.max(next + periodNanos, now - periodNanos);
        }
    }

    /** All that passes in the calling thread's namespace. Answers count where the sender itself gets them. */
    private void capture(int index, Sender receiver) {
        CaptureSocket socket = new CaptureSocket();
        MemorySegment memory = Arena.ofAuto().allocate(LONGEST);
        ByteBuffer frame = memory.asByteBuffer();
        List<Flow> all = List.copyOf(flows.values());
        while (!stopped) {
            int length = socket.receive(memory);
            if (length < NUMBER + Long.BYTES || frame.getInt(MAGIC) != MAGIC_VALUE) {
                continue;
            }
            Flow flow = all.get(frame.getShort(SENDER));
            long number = frame.getLong(NUMBER);
            byte type = frame.get(ICMP);
            if (type == REQUEST && socket.isOutgoing() && TAPS.contains(socket.netdev())) {
                flow.taps.add(number, System.nanoTime(), TAPS.indexOf(socket.netdev()));
            } else if (type == REPLY
                    && frame.getShort(SENDER) == index
                    && !socket.isOutgoing()
                    && socket.netdev().equals(receiver.netdev())) {
                flow.answers.add(number, System.nanoTime(), 0);
            }
        }
    }

    /** Waits until the guest answers all of them. */
    void awaitAnswers() {
        Mark mark = mark();
        flows.forEach((sender, flow) -> {
            long from = mark.sent().getOrDefault(sender.name(), 0L);
            if (!Pause.until(() -> flow.answers.end() > from + 1, ANSWER_MILLIS)) {
                throw new AssertionError("the guest does not answer " + sender.name());
            }
        });
    }

    Mark mark() {
        Map<String, Long> sent = new LinkedHashMap<>();
        Map<String, Long> duplicated = new LinkedHashMap<>();
        flows.forEach((sender, flow) -> {
            sent.put(sender.name(), flow.sent);
            duplicated.put(sender.name(), flow.answers.duplicated());
        });
        return new Mark(sent, duplicated);
    }

    /** What has become of the frames since an instant. Waits for those that are on their way. */
    List<Account> since(Mark from) {
        Mark to = mark();
        Pause.millis(SETTLE_MILLIS);
        List<Account> accounts = new ArrayList<>();
        flows.forEach((sender, flow) -> {
            long first = from.sent().getOrDefault(sender.name(), 0L);
            long end = to.sent().getOrDefault(sender.name(), 0L);
            accounts.add(new Account(
                    sender.name(),
                    end - first,
                    flow.taps.lost(first, end),
                    flow.answers.lost(first, end),
                    flow.answers.duplicated() - from.duplicated().getOrDefault(sender.name(), 0L),
                    flow.answers.longestGap(first, end).millis()));
        });
        return accounts;
    }

    @Override
    public void close() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
