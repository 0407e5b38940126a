package io.twinport.dataplane.handler;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.agrona.UnsafeApi;
import org.jspecify.annotations.Nullable;

/**
 * Sends frames of 64 bytes (60 without the checksum), broadcast or to one address, numbered in the first eight bytes of their payload,
 * as fast as the port takes them or at a rate. What the port receives is freed.
 */
public final class Generate implements PacketHandler {
    private static final int FRAME = 60;

    private final PacketPort port;
    private final LongSupplier source;
    private final long destination;
    private final Pacer pacer;
    private final MbufBurst burst = new MbufBurst();
    private final int step;
    private @Nullable MbufAllocator allocator;
    private long number;

    /**
     * One of several that share a sequence of numbers.
     *
     * @param source the sender's address, 48 bits; asked at each frame, since a side may bring it late
     * @param destination 48 bits
     * @param packetsPerSecond 0 for as fast as possible
     * @param first number
     * @param step from each number to the next
     */
    public Generate(
            PacketPort port, LongSupplier source, long destination, long packetsPerSecond, long first, int step) {
        this.number = first;
        this.step = step;
        this.destination = destination;
        this.port = port;
        this.source = source;
        this.pacer = new Pacer(packetsPerSecond);
    }

    @Override
    public void start(MbufPool pool) {
        allocator = MbufAllocator.ofThisThread(pool);
    }

    @Override
    public int poll() {
        int received = port.rxBurst(burst.address(), MbufBurst.CAPACITY);
        burst.free(0, received);
        int wanted = pacer.allowance(MbufBurst.CAPACITY);
        if (wanted == 0) {
            return received;
        }
        int count = Objects.requireNonNull(allocator).allocate(burst.address(), wanted);
        long sender = source.getAsLong();
        for (int i = 0; i < count; i++) {
            long mbuf = burst.get(i);
            long frame = Mbuf.data(mbuf);
            EthernetHeader.write(frame, destination, sender, EthernetHeader.LOCAL_EXPERIMENTAL);
            UnsafeApi.putLong(frame + EthernetHeader.LENGTH, Long.reverseBytes(number));
            number += step;
            Mbuf.length(mbuf, FRAME);
        }
        int sent = port.txBurst(burst.address(), count);
        pacer.took(count);
        burst.free(sent, count);
        return received + sent;
    }
}
