package io.twinport.hw;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A port of the switch, with the NIC of a guest at its other end: one UDP datagram on loopback is one frame. */
public final class WirePort implements AutoCloseable {
    /** A guest on an emulated CPU sends in clumps, and what the socket cannot hold would be a loss of the lab's own. */
    private static final int BUFFER_BYTES = 8 << 20;

    private final String name;
    private final int index;
    private final DatagramChannel channel;
    private final InetSocketAddress nic;
    private final PcapWriter pcap;
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean up = true;
    private volatile long upSince = System.nanoTime();

    WirePort(String name, int index, Path folder) throws IOException {
        this.name = name;
        this.index = index;
        this.nic = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
        this.channel = DatagramChannel.open()
                .setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES)
                .setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        channel.configureBlocking(false);
        this.pcap = new PcapWriter(folder.resolve(name + ".pcap"));
    }

    public String name() {
        return name;
    }

    /** Its place among the switch's ports. */
    int index() {
        return index;
    }

    /** Frames that the switch has sent to the NIC: those of a sender, and those that were flooded. */
    public long sent() {
        return sent.get();
    }

    boolean isUp() {
        return up && System.nanoTime() - upSince >= 0;
    }

    void down() {
        up = false;
    }

    /** The link comes up when both ends have agreed, so long from now. */
    void up(Duration negotiation) {
        upSince = System.nanoTime() + negotiation.toNanos();
        up = true;
    }

    DatagramChannel channel() {
        return channel;
    }

    /** What QEMU has to be told to be the other end. */
    String netdev(String id) throws IOException {
        int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
        return "dgram,id=" + id + ",local.type=inet,local.host=127.0.0.1,local.port=" + nic.getPort()
                + ",remote.type=inet,remote.host=127.0.0.1,remote.port=" + port;
    }

    /** Sends a frame, from 0 to its limit. */
    void send(ByteBuffer frame) throws IOException {
        pcap.write(frame, System.nanoTime());
        if (channel.send(frame.position(0), nic) == 0) {
            throw new LabException("port " + name + " of the wire: its socket is full");
        }
        sent.incrementAndGet();
    }

    /** Records a frame that has come in. */
    void capture(ByteBuffer frame, long nanos) throws IOException {
        pcap.write(frame, nanos);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        pcap.close();
    }

    /** QEMU binds it a moment later; nobody else on this machine takes a port that it was not given. */
    private static int freePort() throws IOException {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return ((InetSocketAddress) probe.getLocalAddress()).getPort();
        }
    }
}
